package dev.recycler.activities.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Notices;
import dev.recycler.workflows.spec.NotifySpec;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends notices by HTTP POST. Of an address, only the host is ever said: the rest may be a secret,
 * and what is said here is stored in the series' history.
 */
public final class Webhooks implements Notices {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final MediaType TYPE = MediaType.get("application/json; charset=utf-8");

  private final Map<String, String> environment;
  private final OkHttpClient client;

  /**
   * @param environment where addresses are looked up that a series file only names
   */
  public Webhooks(Map<String, String> environment) {
    this(environment, Duration.ofSeconds(10));
  }

  /**
   * @param patience how long one answer is waited for in all
   */
  Webhooks(Map<String, String> environment, Duration patience) {
    this.environment = Map.copyOf(environment);
    this.client =
        new OkHttpClient.Builder()
            .callTimeout(patience)
            // Another place than the one that was named is told nothing.
            .followRedirects(false)
            .followSslRedirects(false)
            .build();
  }

  @Override
  public void send(NoticeInput input) {
    try {
      post(address(input.to()), body(input));
    } catch (ApplicationFailure e) {
      LOG.warn("news of series {} not sent: {}", input.notice().series(), e.getOriginalMessage());
      throw e;
    }
  }

  private HttpUrl address(NotifySpec to) {
    String variable = to.webhookFrom();
    String text = variable == null ? to.webhook() : environment.get(variable);
    if (text == null || text.isBlank()) {
      throw ApplicationFailure.newNonRetryableFailure(
          ("the environment variable %s, which is to hold a webhook's address, is not set for this"
                  + " worker; set it and start the worker again")
              .formatted(variable),
          FailureKind.USER.name());
    }
    HttpUrl url = HttpUrl.parse(text.strip());
    if (url == null) {
      throw ApplicationFailure.newNonRetryableFailure(
          "%s is no web address; it must start with https:// or http://"
              .formatted(variable == null ? "the webhook" : "what " + variable + " holds"),
          FailureKind.USER.name());
    }
    return url;
  }

  private void post(HttpUrl url, String body) {
    Request request =
        new Request.Builder()
            .url(url)
            .header("User-Agent", "recycler")
            .post(RequestBody.create(body, TYPE))
            .build();
    try (Response response = client.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw refused(url, response.code());
      }
    } catch (IOException e) {
      // Not as a cause: its own message may hold the whole address.
      throw ApplicationFailure.newFailure(
          "the webhook at %s gave no answer (%s)"
              .formatted(url.host(), e.getClass().getSimpleName()),
          FailureKind.MACHINE.name());
    }
  }

  private static ApplicationFailure refused(HttpUrl url, int code) {
    String sentence = "the webhook at %s answered with status %d".formatted(url.host(), code);
    boolean mayPass = code == 408 || code == 429 || code >= 500;
    return mayPass
        ? ApplicationFailure.newFailure(sentence, FailureKind.MACHINE.name())
        : ApplicationFailure.newNonRetryableFailure(sentence, FailureKind.USER.name());
  }

  private static String body(NoticeInput input) {
    try {
      return JSON.writeValueAsString(
          switch (input.to().format()) {
            case JSON -> input.notice();
            case SLACK -> Map.of("text", slack(input.notice()));
          });
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a notice that is no JSON", e);
    }
  }

  /** In Slack's own markup, in which only three characters mean something everywhere. */
  private static String slack(Notice notice) {
    String icon =
        switch (notice.event()) {
          case FINISHED -> ":white_check_mark: ";
          case FAILED -> ":x: ";
          case APPROVAL -> ":hourglass: ";
          case RELEASE -> ":package: ";
        };
    String next = notice.next() == null ? "" : "\n`" + escaped(notice.next()) + "`";
    return icon + escaped(notice.sentence()) + next;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
