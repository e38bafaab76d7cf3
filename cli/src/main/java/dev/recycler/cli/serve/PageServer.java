package dev.recycler.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Serves one page on the loopback interface, made anew for each request. */
public final class PageServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Supplier<String> page;

  private PageServer(HttpServer server, Supplier<String> page) {
    this.server = server;
    this.page = page;
  }

  /**
   * Starts it.
   *
   * @param port where it listens, or 0 for a free port
   * @param page makes the page's HTML, on any thread
   * @throws CommandFailed where the port is in use
   */
  public static PageServer start(int port, Supplier<String> page) {
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      PageServer server = new PageServer(http, page);
      http.setExecutor(server.threads);
      http.createContext("/", server::answer);
      http.start();
      return server;
    } catch (BindException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "port "
              + port
              + " of 127.0.0.1 is in use by another program. Give another with --port, or leave it"
              + " out.",
          e);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT, "no page can be served on 127.0.0.1: " + e.getMessage() + ".", e);
    }
  }

  /** Where a browser finds the page. */
  public String address() {
    return "http://127.0.0.1:" + port() + "/";
  }

  private int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      if (!meansThisMachine(exchange)) {
        // A page of the network that has had its name pointed here must not read this one.
        send(exchange, 421, "text/plain", "This page is for this machine only.\n");
      } else if (!Set.of("GET", "HEAD").contains(method)) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, "text/plain", "This page can only be read.\n");
      } else if (path.equals("/favicon.ico")) {
        exchange.sendResponseHeaders(204, -1);
      } else if (!path.equals("/")) {
        send(exchange, 404, "text/plain", "There is one page here: /\n");
      } else {
        send(exchange, 200, "text/html", page.get());
      }
    }
  }

  private boolean meansThisMachine(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    return Set.of("127.0.0.1:" + port(), "localhost:" + port()).contains(host == null ? "" : host);
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type + "; charset=utf-8");
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    boolean body = !exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, body ? bytes.length : -1);
    if (body) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
