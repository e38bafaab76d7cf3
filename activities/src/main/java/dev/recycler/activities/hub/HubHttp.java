package dev.recycler.activities.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Requests to one hub: the token goes to it and to nobody else, it is left alone when it asks to
 * be, and its refusals become sentences.
 */
final class HubHttp implements AutoCloseable {
  /** Sleeps; a seam for tests. */
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_REDIRECTS = 5;
  private static final long LONGEST_ANSWER = 64L << 20;

  /** Connections are shared by all transfers of this process. */
  private static final OkHttpClient SHARED =
      new OkHttpClient.Builder()
          .followRedirects(false)
          .followSslRedirects(false)
          .connectTimeout(Duration.ofSeconds(15))
          .readTimeout(Duration.ofSeconds(60))
          .writeTimeout(Duration.ofSeconds(60))
          .build();

  private final HubSettings settings;
  private final Backoff backoff;
  private final Pause pause;
  private final OkHttpClient client;

  HubHttp(HubSettings settings, Backoff backoff, Pause pause) {
    this.settings = settings;
    this.backoff = backoff;
    this.pause = pause;
    // A dispatcher of its own: what is cancelled here ends nobody else's requests.
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequestsPerHost(64);
    this.client = SHARED.newBuilder().dispatcher(dispatcher).build();
  }

  HubSettings settings() {
    return settings;
  }

  /** An address of the hub: {@code path} may have several segments, {@code last} is one. */
  HttpUrl url(String path, String... last) {
    HttpUrl.Builder builder = settings.endpoint().newBuilder().addPathSegments(path);
    for (String segment : last) {
      builder.addPathSegment(segment);
    }
    return builder.build();
  }

  boolean isHub(HttpUrl url) {
    HttpUrl hub = settings.endpoint();
    return url.scheme().equals(hub.scheme())
        && url.host().equals(hub.host())
        && url.port() == hub.port();
  }

  /** An answer of the hub in JSON, with the headers it came with. */
  record Answer(JsonNode json, Optional<HttpUrl> next) {}

  Answer json(HttpUrl url, HubRequest about) throws IOException, InterruptedException {
    return json(new Request.Builder().url(url), about);
  }

  Answer json(HttpUrl url, byte[] body, String type, HubRequest about)
      throws IOException, InterruptedException {
    return json(
        new Request.Builder()
            .url(url)
            .header("Accept", type)
            .post(RequestBody.create(body, okhttp3.MediaType.get(type))),
        about);
  }

  private Answer json(Request.Builder request, HubRequest about)
      throws IOException, InterruptedException {
    try (Response response = answered(request, about)) {
      byte[] body = read(response);
      return new Answer(
          body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body), next(response));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw HubException.passing(
          "%s gave no JSON for %s; is it a hub?".formatted(host(), about.what()), e);
    }
  }

  static byte[] read(Response response) throws IOException {
    ResponseBody body = response.body();
    if (body.contentLength() > LONGEST_ANSWER) {
      throw HubException.passing(
          "the hub's answer has %d bytes, more than such an answer may have"
              .formatted(body.contentLength()));
    }
    try (var in = body.byteStream()) {
      return in.readNBytes((int) LONGEST_ANSWER);
    }
  }

  /** The address in {@code Link: <…>; rel="next"}, on the hub that was asked. */
  private Optional<HttpUrl> next(Response response) {
    return Optional.ofNullable(response.header("Link"))
        .filter(link -> link.contains("rel=\"next\""))
        .map(link -> HttpUrl.parse(link.replaceFirst("^\\s*<([^>]*)>.*$", "$1")))
        // A mirror passes the hub's own address on: only the page is taken from it.
        .map(
            page -> response.request().url().newBuilder().encodedQuery(page.encodedQuery()).build())
        .filter(page -> !page.equals(response.request().url()));
  }

  /** A good answer, tried for as long as a better one may come. The caller closes it. */
  Response answered(Request.Builder request, HubRequest about)
      throws IOException, InterruptedException {
    Retry retry = new Retry(about);
    while (true) {
      Response response = null;
      try {
        response = send(request);
        if (response.isSuccessful() || response.isRedirect()) {
          return response;
        }
      } catch (HubException e) {
        throw e;
      } catch (IOException e) {
        retry.after(e);
        continue;
      }
      try (Response refused = response) {
        retry.after(refused);
      }
    }
  }

  /** One request, with the token where it goes to the hub, following the hub within itself. */
  Response send(Request.Builder request) throws IOException, InterruptedException {
    Request next = withToken(request.build());
    for (int hop = 0; ; hop++) {
      Response response = client.newCall(next).execute();
      String location = response.header("Location");
      HttpUrl target = location == null ? null : next.url().resolve(location);
      if (!response.isRedirect() || target == null || !isHub(next.url()) || !isHub(target)) {
        return response;
      }
      response.close();
      if (hop == MOST_REDIRECTS) {
        throw HubException.passing(
            "%s sends a request from one address to the next without end".formatted(host()));
      }
      next = withToken(next.newBuilder().url(target).build());
    }
  }

  private Request withToken(Request request) {
    Request.Builder builder =
        request.newBuilder().removeHeader("Authorization").header("User-Agent", "recycler");
    if (isHub(request.url())) {
      settings.token().ifPresent(token -> builder.header("Authorization", token.header()));
    }
    return builder.build();
  }

  String host() {
    HttpUrl hub = settings.endpoint();
    return hub.port() == HttpUrl.defaultPort(hub.scheme())
        ? hub.host()
        : hub.host() + ":" + hub.port();
  }

  /** The tries of one request. */
  Retry retry(HubRequest about) {
    return new Retry(about);
  }

  /** Counts tries and waits between them. Not for use by several threads. */
  final class Retry {
    private final HubRequest about;
    private int failures;

    private Retry(HubRequest about) {
      this.about = about;
    }

    /** Something was got: what comes now is a first try again. */
    void progressed() {
      failures = 0;
    }

    /** Waits before another try after no answer, or half a one. */
    void after(IOException e) throws IOException, InterruptedException {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      if (e instanceof HubException refusal && refusal.kind() == HubException.Kind.USER) {
        throw refusal;
      }
      if (++failures >= backoff.mostTries()) {
        throw HubException.passing(
            "%s could not be reached for %s, %d times; the last time: %s"
                .formatted(host(), about.what(), failures, reason(e)),
            e);
      }
      pause.sleep(backoff.before(failures, Optional.empty()));
    }

    /** Waits before another try after an answer, where it allows one. */
    void after(Response response) throws IOException, InterruptedException {
      if (!Backoff.isPassing(response.code())) {
        throw about.refused(response, HubHttp.this);
      }
      Optional<Duration> asked = Backoff.asked(response, Instant.now());
      if (++failures >= backoff.mostTries()
          || asked.filter(wait -> wait.compareTo(backoff.longestAsked()) > 0).isPresent()) {
        throw HubException.passing(
            "%s answers %d for %s%s; try again later"
                .formatted(
                    host(),
                    response.code(),
                    about.what(),
                    asked
                        .map(
                            wait -> " and asks for %d seconds of peace".formatted(wait.toSeconds()))
                        .orElse("")));
      }
      pause.sleep(backoff.before(failures, asked));
    }
  }

  /** Why a request failed, without the addresses that such messages may hold. */
  private static String reason(IOException e) {
    String name = e.getClass().getSimpleName().replaceFirst("Exception$", "");
    String message = e.getMessage();
    return message == null || message.contains("://") ? name : message;
  }

  /** Ends what is under way. */
  void cancel() {
    client.dispatcher().cancelAll();
  }

  @Override
  public void close() {
    cancel();
  }
}
