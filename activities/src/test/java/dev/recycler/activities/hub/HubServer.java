package dev.recycler.activities.hub;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * A hub of the tests, on two ports of this machine: one speaks the hub's API, the other is the
 * signed place that large files lie in. What it is told to do wrong it does once, or for as long as
 * it is asked to.
 */
public final class HubServer implements AutoCloseable {
  /** One request, as it came. */
  record Seen(boolean storage, String method, String path, String range, String authorization) {}

  /** An answer in place of the right one. */
  record Fault(int status, Map<String, String> headers) {}

  private record Trap(Predicate<Seen> when, Fault fault) {}

  final HubRepositories repositories = new HubRepositories();
  final List<Seen> seen = new CopyOnWriteArrayList<>();

  /** The only token that is known, and whether one is needed. */
  volatile String token = "hf_right";

  private final List<Trap> traps = new CopyOnWriteArrayList<>();
  private final List<Long> cuts = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> signatures = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer hub;
  private final HttpServer storage;

  /** Requests that one signed address serves before it has run out. */
  volatile int servesEachSignature = Integer.MAX_VALUE;

  /** Whether the signed place knows ranges. */
  volatile boolean ranges = true;

  /** Called before a signed place answers; a test holds it there. */
  volatile Runnable beforeStorage = () -> {};

  public HubServer() throws IOException {
    hub = serve(false);
    storage = serve(true);
  }

  private HttpServer serve(boolean isStorage) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(threads);
    server.createContext("/", exchange -> handle(exchange, isStorage));
    server.start();
    return server;
  }

  public String endpoint() {
    return "http://localhost:" + hub.getAddress().getPort();
  }

  String storageEndpoint() {
    return "http://127.0.0.1:" + storage.getAddress().getPort();
  }

  /** Commits a model to {@code main}; returns the commit. */
  public String commit(String name, Map<String, byte[]> files) {
    return repositories.commit(name, files);
  }

  /** Commits a model to a branch; returns the commit. */
  public String commit(String name, String branch, Map<String, byte[]> files) {
    return repositories.commit(name, branch, files);
  }

  /** How many requests there were for a path that ends so. */
  public long asked(String ending) {
    return count(request -> request.path().endsWith(ending));
  }

  /** The next request of a kind gets this answer. */
  void failOnce(Predicate<Seen> when, int status, Map<String, String> headers) {
    traps.add(new Trap(when, new Fault(status, headers)));
  }

  /** The next answer of the signed place ends after so many bytes. */
  void cutAfter(long bytes) {
    cuts.add(bytes);
  }

  long count(Predicate<Seen> what) {
    return seen.stream().filter(what).count();
  }

  private void handle(HttpExchange exchange, boolean isStorage) throws IOException {
    try (exchange) {
      Headers headers = exchange.getRequestHeaders();
      Seen request =
          new Seen(
              isStorage,
              exchange.getRequestMethod(),
              exchange.getRequestURI().getRawPath(),
              headers.getFirst("Range"),
              headers.getFirst("Authorization"));
      seen.add(request);
      Optional<Trap> trap = traps.stream().filter(t -> t.when().test(request)).findFirst();
      if (trap.isPresent() && traps.remove(trap.get())) {
        exchange.getRequestBody().readAllBytes();
        trap.get().fault().headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(trap.get().fault().status(), -1);
        return;
      }
      if (isStorage) {
        beforeStorage.run();
        storage(exchange, request);
      } else {
        new HubApi(this, exchange, request).answer();
      }
    } catch (RuntimeException e) {
      e.printStackTrace();
      throw e;
    }
  }

  /** A signed address of a content. */
  String sign(String sha256) {
    String signature = Integer.toString(signatures.size());
    signatures.put(signature, 0);
    return storageEndpoint() + "/content/" + sha256 + "?Signature=" + signature;
  }

  private void storage(HttpExchange exchange, Seen request) throws IOException {
    String[] parts = request.path().split("/");
    if (request.method().equals("PUT")) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String etag = repositories.uploaded(parts, body);
      exchange.getResponseHeaders().set("ETag", etag);
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String signature = exchange.getRequestURI().getRawQuery().replaceFirst(".*=", "");
    byte[] content = repositories.contents.get(parts[2]);
    if (signatures.merge(signature, 1, Integer::sum) > servesEachSignature || content == null) {
      exchange.sendResponseHeaders(403, -1);
      return;
    }
    send(exchange, ranges ? request.range() : null, content, cuts);
  }

  /** Sends a content or a range of it; ends early by the first cut that is shorter. */
  static void send(HttpExchange exchange, String range, byte[] content, List<Long> cuts)
      throws IOException {
    int from = 0;
    int to = content.length;
    if (range != null) {
      String[] bounds = range.substring("bytes=".length()).split("-", -1);
      from = Integer.parseInt(bounds[0]);
      to = bounds[1].isEmpty() ? to : Math.min(to, Integer.parseInt(bounds[1]) + 1);
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, content.length));
    }
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    int status = range == null ? 200 : 206;
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(to - from));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    if (to == from) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, to - from);
    OutputStream out = exchange.getResponseBody();
    int length = to - from;
    Optional<Long> cut = cuts.stream().filter(c -> c < length).findFirst().filter(cuts::remove);
    out.write(content, from, cut.orElse((long) length).intValue());
    out.flush();
    if (cut.isPresent()) {
      throw new IOException("cut, as the test asked for");
    }
  }

  static void json(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  /** The tokens that the signed place was shown. */
  List<String> tokensSeenByStorage() {
    List<String> tokens = new ArrayList<>();
    seen.stream()
        .filter(request -> request.storage() && request.authorization() != null)
        .forEach(request -> tokens.add(request.authorization()));
    return tokens;
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
    threads.shutdownNow();
  }
}
