package dev.recycler.cli.terminal;

import java.time.Duration;
import java.util.Locale;

/** Spans of time as people say them: the two largest units, no more. */
public final class Durations {
  private Durations() {}

  /** E.g. {@code 0.4 s}, {@code 12 s}, {@code 3 min 20 s}, {@code 2 h 05 min}, {@code 3 d 4 h}. */
  public static String of(double seconds) {
    if (!(seconds > 0)) {
      return "0 s";
    }
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }
    long minutes = Math.round(seconds / 60);
    if (minutes < 24 * 60) {
      return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
    }
    long hours = Math.round(seconds / 3600);
    return String.format(Locale.ROOT, "%d d %d h", hours / 24, hours % 24);
  }

  /** As {@link #of(double)}. */
  public static String of(Duration duration) {
    return of(duration.toMillis() / 1000.0);
  }
}
