package dev.recycler.activities.hub;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;

/** How long to leave the hub alone after an answer that says so, or after none. */
record Backoff(int mostTries, Duration first, Duration longest, Duration longestAsked) {
  /** Eight tries over about two minutes, unless the hub says how long to wait. */
  static final Backoff USUAL =
      new Backoff(8, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMinutes(20));

  /** {@code RateLimit: "api";r=0;t=55}, by the draft of the same name. */
  private static final Pattern RATE_LIMIT = Pattern.compile(";\\s*r=(\\d+)\\s*;\\s*t=(\\d+)");

  /** Whether an answer may be another one soon. */
  static boolean isPassing(int status) {
    return status == 408 || status == 429 || (status >= 500 && status != 501);
  }

  /** The pause before try {@code next}, counted from 1; what the hub asks for goes first. */
  Duration before(int next, Optional<Duration> asked) {
    if (asked.isPresent()) {
      return asked.get();
    }
    Duration doubled = first.multipliedBy(1L << Math.min(next - 1, 20));
    Duration most = doubled.compareTo(longest) < 0 ? doubled : longest;
    // Many workers that were turned away together must not come back together.
    return Duration.ofMillis(
        (long) (most.toMillis() * ThreadLocalRandom.current().nextDouble(0.7, 1.0)));
  }

  /** How long the hub asks to be left alone. */
  static Optional<Duration> asked(Response response, Instant now) {
    String after = response.header("Retry-After");
    if (after != null) {
      if (after.strip().matches("\\d{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(after.strip())));
      }
      try {
        Instant until =
            ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        return Optional.of(until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO);
      } catch (DateTimeParseException e) {
        // Neither seconds nor a date: as if nothing were said.
      }
    }
    String limit = response.header("RateLimit");
    if (response.code() == 429 && limit != null) {
      Matcher matcher = RATE_LIMIT.matcher(limit);
      if (matcher.find() && matcher.group(1).equals("0")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(2))));
      }
    }
    return Optional.empty();
  }
}
