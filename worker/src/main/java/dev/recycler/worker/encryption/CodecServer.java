package dev.recycler.worker.encryption;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.recycler.workflows.payload.SeriesPayloads;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * Lets the Temporal UI in the browser of whoever runs it show encrypted payloads: Temporal's remote
 * codec protocol, {@code POST /decode} and {@code POST /encode}, on this machine's loopback alone
 * and for pages of certain origins alone. Neither keys nor what they open leave the machine.
 */
public final class CodecServer implements AutoCloseable {
  private static final int LARGEST_REQUEST = 32 << 20;
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> origins;

  private CodecServer(HttpServer server, List<String> origins) {
    this.server = server;
    this.origins = List.copyOf(origins);
  }

  /**
   * Starts it.
   *
   * @param port where to listen, or 0 for any free port
   * @param origins pages that may ask, e.g. {@code http://localhost:8233}
   * @throws IOException where the port cannot be had
   */
  public static CodecServer start(int port, List<String> origins, EncryptionCodec encryption)
      throws IOException {
    CodecServer codecs =
        new CodecServer(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0),
            origins);
    PayloadCodec codec = SeriesPayloads.codec(encryption);
    codecs.serve("/decode", codec::decode);
    codecs.serve("/encode", codec::encode);
    codecs.server.setExecutor(codecs.threads);
    codecs.server.start();
    return codecs;
  }

  private void serve(String path, UnaryOperator<List<Payload>> codec) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            answer(exchange, codec);
          }
        });
  }

  private void answer(HttpExchange exchange, UnaryOperator<List<Payload>> codec)
      throws IOException {
    Headers headers = exchange.getRequestHeaders();
    String origin = headers.getFirst("Origin");
    // A page that has its own name lead here would else be taken for a local one.
    if (!isHere(headers.getFirst("Host")) || (origin != null && !origins.contains(origin))) {
      send(exchange, 403, "this page may not ask; --origin says which may");
      return;
    }
    if (origin != null) {
      Headers answer = exchange.getResponseHeaders();
      answer.set("Access-Control-Allow-Origin", origin);
      answer.set("Access-Control-Allow-Methods", "POST, OPTIONS");
      answer.set("Access-Control-Allow-Headers", "content-type, x-namespace, authorization");
      answer.set("Access-Control-Allow-Credentials", "true");
      answer.set("Vary", "Origin");
    }
    switch (exchange.getRequestMethod()) {
      case "OPTIONS" -> exchange.sendResponseHeaders(204, -1);
      case "POST" -> convert(exchange, codec);
      default -> send(exchange, 405, "POST payloads here");
    }
  }

  private static void convert(HttpExchange exchange, UnaryOperator<List<Payload>> codec)
      throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST_REQUEST + 1);
    if (body.length > LARGEST_REQUEST) {
      send(exchange, 413, "the request is larger than 32 MiB");
      return;
    }
    try {
      Payloads.Builder payloads = Payloads.newBuilder();
      JsonFormat.parser()
          .ignoringUnknownFields()
          .merge(new String(body, StandardCharsets.UTF_8), payloads);
      String converted =
          JsonFormat.printer()
              .print(
                  Payloads.newBuilder()
                      .addAllPayloads(codec.apply(payloads.getPayloadsList()))
                      .build());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      byte[] bytes = converted.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InvalidProtocolBufferException e) {
      send(exchange, 400, "the request holds no payloads in JSON");
    } catch (PayloadCodecException e) {
      send(exchange, 400, e.getMessage());
    }
  }

  private static boolean isHere(String host) {
    return host != null && HERE.contains(host.replaceFirst(":[0-9]+$", ""));
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Where it listens. */
  public String address() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
