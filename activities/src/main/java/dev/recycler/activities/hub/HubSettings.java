package dev.recycler.activities.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * Which hub, which cache and as whom, by the variables that huggingface_hub reads.
 *
 * @param endpoint the hub or a mirror of it: {@code HF_ENDPOINT}
 * @param cache the cache that is shared with transformers: {@code HF_HUB_CACHE}, {@code HF_HOME}
 * @param token who asks: {@code HF_TOKEN}, or the file that {@code hf auth login} writes
 * @param offline whether only the cache is used: {@code HF_HUB_OFFLINE}
 * @param connections ranges of files that are fetched at a time
 */
public record HubSettings(
    HttpUrl endpoint, Path cache, Optional<HubToken> token, boolean offline, int connections) {
  private static final String HUB = "https://huggingface.co";
  private static final int CONNECTIONS = 8;
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");

  public HubSettings {
    Objects.requireNonNull(endpoint, "endpoint");
    Objects.requireNonNull(cache, "cache");
    Objects.requireNonNull(token, "token");
    if (connections < 1) {
      throw new IllegalArgumentException("at least one connection is needed");
    }
  }

  /**
   * The settings of an environment.
   *
   * @param variables environment variables
   * @param home the user's home folder
   * @throws HubException where {@code HF_ENDPOINT} is no address
   */
  public static HubSettings of(Map<String, String> variables, Path home) throws HubException {
    Variables given = new Variables(variables, home);
    String address = given.text("HF_ENDPOINT").orElse(HUB);
    HttpUrl endpoint = HttpUrl.parse(address.replaceFirst("/+$", "") + "/");
    if (endpoint == null) {
      throw HubException.user(
          "HF_ENDPOINT is \"%s\", which is no address; write one such as %s"
              .formatted(address, HUB));
    }
    Path base =
        given
            .path("HF_HOME")
            .orElseGet(
                () ->
                    given
                        .path("XDG_CACHE_HOME")
                        .orElse(home.resolve(".cache"))
                        .resolve("huggingface"));
    Path cache =
        given
            .path("HF_HUB_CACHE")
            .or(() -> given.path("HUGGINGFACE_HUB_CACHE"))
            .orElseGet(() -> base.resolve("hub"));
    return new HubSettings(
        endpoint,
        cache.toAbsolutePath().normalize(),
        token(given, base),
        given.flag("HF_HUB_OFFLINE"),
        CONNECTIONS);
  }

  private static Optional<HubToken> token(Variables given, Path base) {
    return given
        .text("HF_TOKEN")
        .or(() -> given.text("HUGGING_FACE_HUB_TOKEN"))
        .or(
            () ->
                given.flag("HF_HUB_DISABLE_IMPLICIT_TOKEN")
                    ? Optional.empty()
                    : inFile(given.path("HF_TOKEN_PATH").orElse(base.resolve("token"))))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(HubToken::new);
  }

  private static Optional<String> inFile(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      // Nobody has logged in here.
      return Optional.empty();
    }
  }

  private record Variables(Map<String, String> all, Path home) {
    Optional<String> text(String name) {
      return Optional.ofNullable(all.get(name)).filter(value -> !value.isBlank());
    }

    boolean flag(String name) {
      return text(name).filter(value -> value.matches("(?i)1|true|yes|on")).isPresent();
    }

    /** A path as huggingface_hub reads it: {@code ~} and variables filled in. */
    Optional<Path> path(String name) {
      return text(name)
          .map(
              written -> {
                String filled =
                    VARIABLE
                        .matcher(written)
                        .replaceAll(
                            found -> {
                              String key = found.group(1) == null ? found.group(2) : found.group(1);
                              return Matcher.quoteReplacement(all.getOrDefault(key, found.group()));
                            });
                return filled.equals("~") || filled.startsWith("~/")
                    ? home.resolve(filled.substring(Math.min(2, filled.length())))
                    : Path.of(filled);
              });
    }
  }
}
