package dev.recycler.cli.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The browser's own protocol: calls with answers, and events that are kept. */
final class DevTools implements WebSocket.Listener, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 120;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final List<JsonNode> events = new ArrayList<>();
  private final StringBuilder message = new StringBuilder();
  private WebSocket socket;

  private DevTools() {}

  static DevTools connect(URI address) {
    DevTools tools = new DevTools();
    tools.socket = tools.client.newWebSocketBuilder().buildAsync(address, tools).join();
    return tools;
  }

  /**
   * Calls a method, and waits for its result.
   *
   * @param session of a page, or null for the browser
   */
  JsonNode call(String session, String method, Map<String, ?> parameters)
      throws InterruptedException {
    int id = ids.incrementAndGet();
    var answer = new CompletableFuture<JsonNode>();
    calls.put(id, answer);
    ObjectNode call = JSON.createObjectNode().put("id", id).put("method", method);
    call.set("params", JSON.valueToTree(parameters));
    if (session != null) {
      call.put("sessionId", session);
    }
    socket.sendText(call.toString(), true).join();
    try {
      JsonNode result = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (result.has("error")) {
        throw new AssertionError(method + ": " + result.get("error"));
      }
      return result.path("result");
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(method + " got no answer", e);
    }
  }

  /** The events of a session so far. */
  List<JsonNode> events(String session) {
    synchronized (events) {
      return events.stream()
          .filter(event -> event.path("sessionId").asText().equals(session))
          .toList();
    }
  }

  /** Waits for an event of a session. */
  void await(String session, String method) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (events) {
      while (events(session).stream().noneMatch(e -> e.path("method").asText().equals(method))) {
        if (System.nanoTime() > end) {
          throw new AssertionError("no " + method);
        }
        events.wait(200);
      }
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    message.append(part);
    if (last) {
      try {
        received(JSON.readTree(message.toString()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      } finally {
        message.setLength(0);
      }
    }
    from.request(1);
    return null;
  }

  private void received(JsonNode received) {
    if (received.has("id")) {
      calls.remove(received.get("id").asInt()).complete(received);
    } else {
      synchronized (events) {
        events.add(received);
        events.notifyAll();
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.close();
  }
}
