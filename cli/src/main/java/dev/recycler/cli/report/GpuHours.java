package dev.recycler.cli.report;

import java.util.Locale;

/** GPU time as people book it. */
final class GpuHours {
  private static final double SECONDS = 3600;

  private GpuHours() {}

  /** E.g. {@code 0.004}, {@code 1.3}, {@code 410}. */
  static String of(double seconds) {
    double hours = seconds / SECONDS;
    if (hours == 0) {
      return "0";
    }
    return String.format(Locale.ROOT, hours >= 100 ? "%,.0f" : hours >= 1 ? "%.1f" : "%.3f", hours);
  }

  /** The same, or an empty text where it is not known. */
  static String orNothing(Double seconds) {
    return seconds == null ? "" : of(seconds);
  }
}
