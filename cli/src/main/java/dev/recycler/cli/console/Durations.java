package dev.recycler.cli.console;

import java.time.Duration;

/** Durations as people say them. */
public final class Durations {
  private Durations() {}

  /** For instance {@code 7 s}, {@code 3 min 05 s}, {@code 2 h 07 min}. */
  public static String words(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return String.format("%d min %02d s", seconds / 60, seconds % 60);
    }
    return String.format("%d h %02d min", seconds / 3600, seconds % 3600 / 60);
  }
}
