package dev.recycler.worker.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import dev.recycler.workflows.payload.SeriesPayloads;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.common.converter.DataConverter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Temporal UI's own protocol, as a browser and as a hostile page speak it. */
class CodecServerTest {
  private static final String UI = "http://localhost:8233";
  private static final String KEY = "k: " + Base64.getEncoder().encodeToString(new byte[32]);

  private final HttpClient http = HttpClient.newHttpClient();
  private EncryptionCodec codec;
  private CodecServer server;

  @BeforeEach
  void start() throws Exception {
    codec = new EncryptionCodec(EncryptionKeys.of(Map.of(EncryptionKeys.KEYS, KEY)));
    server = CodecServer.start(0, List.of(UI), codec);
  }

  @AfterEach
  void end() {
    server.close();
    http.close();
  }

  @Test
  void anEncryptedPayloadComesBackAsTheJsonThatThePageShows() throws Exception {
    DataConverter converter = SeriesPayloads.converter(codec, true);
    String text = "a large one ".repeat(20_000);
    Payload encrypted = converter.toPayload(text).orElseThrow();
    HttpResponse<String> answer = post("/decode", body(encrypted), UI);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains(UI);
    Payloads.Builder decoded = Payloads.newBuilder();
    JsonFormat.parser().merge(answer.body(), decoded);
    assertThat(decoded.getPayloads(0).getData().toStringUtf8()).isEqualTo("\"" + text + "\"");
    assertThat(decoded.getPayloads(0).getMetadataOrThrow("encoding").toStringUtf8())
        .isEqualTo("json/plain");
  }

  @Test
  void theBrowsersQuestionBeforehandIsAnswered() throws Exception {
    HttpResponse<String> answer =
        http.send(
            request("/decode", UI).method("OPTIONS", HttpRequest.BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
        .contains("x-namespace", "content-type");
  }

  @Test
  void otherPagesAreTurnedAway() throws Exception {
    Payload encrypted = SeriesPayloads.converter(codec, true).toPayload("secret").orElseThrow();
    HttpResponse<String> answer = post("/decode", body(encrypted), "http://evil.example");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(answer.body()).doesNotContain("secret");
  }

  @Test
  void whatIsNoPayloadOrHasAnotherKeyIsSaid() throws Exception {
    assertThat(post("/decode", "{", UI).statusCode()).isEqualTo(400);
    Payload other =
        SeriesPayloads.converter(
                new EncryptionCodec(
                    EncryptionKeys.of(Map.of(EncryptionKeys.KEYS, KEY.replace("k:", "other:")))),
                true)
            .toPayload("x")
            .orElseThrow();
    HttpResponse<String> answer = post("/decode", body(other), UI);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"other\"");
  }

  private static String body(Payload payload) throws Exception {
    return JsonFormat.printer().print(Payloads.newBuilder().addPayloads(payload).build());
  }

  private HttpResponse<String> post(String path, String body, String origin) throws Exception {
    return http.send(
        request(path, origin).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path, String origin) {
    return HttpRequest.newBuilder(URI.create(server.address() + path))
        .header("Origin", origin)
        .header("Content-Type", "application/json");
  }
}
