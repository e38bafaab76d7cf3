package dev.recycler.activities.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.recycler.workflows.activity.Notices.Notice;
import dev.recycler.workflows.activity.Notices.NoticeInput;
import dev.recycler.workflows.spec.NotifySpec;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhooksTest {
  private static final Notice NOTICE =
      new Notice(
          "toy",
          NotifySpec.News.FAILED,
          "M1.plain.finetune of series toy failed: no <flag> --lr & no \"rate\"",
          List.of("M1.plain.finetune"),
          "recycler resume toy");
  private static final List<NotifySpec.News> ALL = List.of(NotifySpec.News.values());
  private static final Duration SHORT = Duration.ofMillis(300);

  private final List<String> received = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile int status = 200;
  private HttpServer server;
  private String address;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/secret-path", this::take);
    server.createContext("/hangs", exchange -> await());
    server.start();
    address = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void take(HttpExchange exchange) throws IOException {
    received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    exchange.getResponseHeaders().set("Location", address + "/secret-path/elsewhere");
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theNoticeIsSentAsJson() throws Exception {
    send(new NotifySpec(address + "/secret-path", null, NotifySpec.Format.JSON, ALL), Map.of());
    JsonNode json = new ObjectMapper().readTree(received.getFirst());
    assertThat(json.get("series").asText()).isEqualTo("toy");
    assertThat(json.get("event").asText()).isEqualTo("failed");
    assertThat(json.get("sentence").asText()).isEqualTo(NOTICE.sentence());
    assertThat(json.get("steps").get(0).asText()).isEqualTo("M1.plain.finetune");
    assertThat(json.get("next").asText()).isEqualTo("recycler resume toy");
  }

  @Test
  void slackIsSentATextInItsOwnMarkupToAnAddressFromTheEnvironment() throws Exception {
    send(
        new NotifySpec(null, "HOOK", NotifySpec.Format.SLACK, ALL),
        Map.of("HOOK", address + "/secret-path"));
    JsonNode json = new ObjectMapper().readTree(received.getFirst());
    assertThat(json.size()).isEqualTo(1);
    assertThat(json.get("text").asText())
        .isEqualTo(
            ":x: M1.plain.finetune of series toy failed: no &lt;flag&gt; --lr &amp; no"
                + " \"rate\"\n`recycler resume toy`");
  }

  @ParameterizedTest
  @CsvSource({"500, false", "503, false", "429, false", "404, true", "403, true", "302, true"})
  void aRefusalIsTriedAgainOnlyWhereItMayPass(int code, boolean lastWord) {
    status = code;
    assertThatThrownBy(
            () ->
                send(
                    new NotifySpec(address + "/secret-path", null, NotifySpec.Format.JSON, ALL),
                    Map.of()))
        .asInstanceOf(InstanceOfAssertFactories.type(ApplicationFailure.class))
        .satisfies(
            failure -> {
              assertThat(failure.isNonRetryable()).isEqualTo(lastWord);
              assertThat(failure.getOriginalMessage())
                  .isEqualTo("the webhook at 127.0.0.1 answered with status " + code);
            });
    assertThat(received).as("no redirect is followed").hasSize(1);
  }

  @Test
  void oneThatHangsIsGivenUpAndItsAddressIsNotSaid() {
    assertThatThrownBy(
            () ->
                send(
                    new NotifySpec(null, "HOOK", NotifySpec.Format.JSON, ALL),
                    Map.of("HOOK", address + "/hangs?token=hidden")))
        .asInstanceOf(InstanceOfAssertFactories.type(ApplicationFailure.class))
        .satisfies(
            failure -> {
              assertThat(failure.isNonRetryable()).isFalse();
              assertThat(failure).hasNoCause();
              assertThat(failure.getOriginalMessage())
                  .isEqualTo("the webhook at 127.0.0.1 gave no answer (InterruptedIOException)");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "        | the environment variable HOOK, which is to hold a webhook's address, is not set"
            + " for this worker; set it and start the worker again",
        "secret  | what HOOK holds is no web address; it must start with https:// or http://"
      })
  void aVariableThatHoldsNoAddressIsAPersonsMistake(String value, String message) {
    assertThatThrownBy(
            () ->
                send(
                    new NotifySpec(null, "HOOK", NotifySpec.Format.JSON, ALL),
                    value == null ? Map.of() : Map.of("HOOK", value)))
        .asInstanceOf(InstanceOfAssertFactories.type(ApplicationFailure.class))
        .satisfies(
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getOriginalMessage()).isEqualTo(message);
            });
  }

  private static void send(NotifySpec to, Map<String, String> environment) {
    new Webhooks(environment, SHORT).send(new NoticeInput(to, NOTICE));
  }
}
