package dev.recycler.worker.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.recycler.activities.figures.StepFigures;
import dev.recycler.worker.ClientMetrics;
import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;

/**
 * Serves {@code /metrics} for Prometheus, {@code /healthz} and {@code /readyz}. It answers reads
 * only, and tells names of stores, queues and kinds of steps; whoever may not know them must not
 * reach it.
 */
public final class Monitor implements AutoCloseable {
  private final Optional<HttpServer> server;
  private final Optional<PrometheusMeterRegistry> registry;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Health health = Health.starting();

  private Monitor(Optional<HttpServer> server, Optional<PrometheusMeterRegistry> registry) {
    this.server = server;
    this.registry = registry;
  }

  /** One that counts nothing. */
  public static Monitor none() {
    return new Monitor(Optional.empty(), Optional.empty());
  }

  /**
   * Starts to serve.
   *
   * @param where {@code HOST:PORT}; port 0 is any free one
   * @throws IllegalArgumentException where that is no address
   * @throws IOException where it cannot be had
   */
  public static Monitor serve(String where) throws IOException {
    int colon = where.lastIndexOf(':');
    if (colon < 1 || !where.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("it is not HOST:PORT");
    }
    int port = Integer.parseInt(where.substring(colon + 1));
    InetSocketAddress address = new InetSocketAddress(where.substring(0, colon), port);
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("no host has that name");
    }
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Monitor monitor =
        new Monitor(Optional.of(HttpServer.create(address, 0)), Optional.of(registry));
    Metrics.addRegistry(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    StepFigures.begin();
    monitor.begin(registry);
    return monitor;
  }

  private void begin(PrometheusMeterRegistry figures) {
    HttpServer http = server.orElseThrow();
    http.createContext(
        "/metrics",
        exchange ->
            send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", figures.scrape()));
    http.createContext("/healthz", exchange -> tell(exchange, health.alive()));
    http.createContext("/readyz", exchange -> tell(exchange, health.ready()));
    http.setExecutor(threads);
    http.start();
  }

  /** Where the Temporal client's own figures go. */
  public ClientMetrics clientMetrics() {
    return registry.map(ClientMetrics::to).orElseGet(ClientMetrics::none);
  }

  /** Where it serves, e.g. {@code http://127.0.0.1:9464}. */
  public Optional<String> address() {
    return server.map(
        http -> "http://" + http.getAddress().getHostString() + ":" + http.getAddress().getPort());
  }

  /** Tells of a worker from now on. */
  public void watch(RecyclerWorker worker, TemporalConnection connection) {
    health = Health.of(worker, connection);
    registry.ifPresent(
        figures -> {
          devices(figures, worker, "free", watched -> watched.slots().free());
          devices(
              figures, worker, "used", watched -> watched.slots().total() - watched.slots().free());
          Gauge.builder("recycler.devices.waiting", worker, watched -> watched.slots().waiting())
              .description("Steps in line for devices of this worker")
              .strongReference(true)
              .register(figures);
        });
  }

  private static void devices(
      PrometheusMeterRegistry figures,
      RecyclerWorker worker,
      String state,
      ToDoubleFunction<RecyclerWorker> count) {
    Gauge.builder("recycler.devices", worker, count)
        .description("GPUs, or CPU slots, of this worker")
        .tag("state", state)
        .tag("kind", worker.slots().areGpus() ? "gpu" : "cpu")
        .strongReference(true)
        .register(figures);
  }

  private static void tell(HttpExchange exchange, Optional<String> trouble) throws IOException {
    send(
        exchange,
        trouble.isPresent() ? 503 : 200,
        "text/plain; charset=utf-8",
        trouble.orElse("ok") + "\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.ifPresent(http -> http.stop(0));
    registry.ifPresent(
        figures -> {
          Metrics.removeRegistry(figures);
          figures.close();
        });
    threads.close();
  }
}
