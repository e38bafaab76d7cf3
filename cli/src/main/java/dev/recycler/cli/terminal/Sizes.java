package dev.recycler.cli.terminal;

import java.util.Locale;

/** Sizes in binary units. */
public final class Sizes {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

  private Sizes() {}

  /** E.g. {@code 512 B}, {@code 4.4 GiB}. */
  public static String of(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double size = bytes / 1024.0;
    int unit = 0;
    while (size >= 1024 && unit < UNITS.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, size >= 100 ? "%.0f %s" : "%.1f %s", size, UNITS[unit]);
  }
}
