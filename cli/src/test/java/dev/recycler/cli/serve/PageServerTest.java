package dev.recycler.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.cli.console.CommandFailed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PageServerTest {
  /** The answer to a request, head and all, as it comes over the wire. */
  private static String ask(PageServer server, String method, String path, String host)
      throws IOException {
    int port = URI.create(server.address()).getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request =
          "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
              .formatted(method, path, host == null ? "127.0.0.1:" + port : host);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void thePageIsMadeForEachWhoAsks() throws IOException {
    int[] made = new int[1];
    try (PageServer server = PageServer.start(0, () -> "<p>Δ " + ++made[0] + "</p>")) {
      assertThat(ask(server, "GET", "/", null))
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("content-type: text/html; charset=utf-8")
          .containsIgnoringCase("cache-control: no-store")
          .endsWith("<p>Δ 1</p>");
      assertThat(ask(server, "GET", "/", null)).endsWith("<p>Δ 2</p>");
      assertThat(ask(server, "HEAD", "/", null)).startsWith("HTTP/1.1 200 ").doesNotContain("<p>");
    }
  }

  @Test
  void nothingElseIsThereAndNothingCanBeChanged() throws IOException {
    try (PageServer server = PageServer.start(0, () -> "page")) {
      assertThat(ask(server, "GET", "/../etc/passwd", null)).startsWith("HTTP/1.1 404 ");
      assertThat(ask(server, "POST", "/", null)).startsWith("HTTP/1.1 405 ");
    }
  }

  @Test
  void aNameOfTheNetworkThatPointsHereIsNotAnswered() throws IOException {
    try (PageServer server = PageServer.start(0, () -> "secret")) {
      assertThat(ask(server, "GET", "/", "evil.example.org"))
          .startsWith("HTTP/1.1 421 ")
          .doesNotContain("secret");
    }
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> PageServer.start(taken.getLocalPort(), () -> ""))
          .isInstanceOf(CommandFailed.class)
          .hasMessageContainingAll("port " + taken.getLocalPort() + " of 127.0.0.1", "--port");
    }
  }
}
