package dev.recycler.cli.report;

import java.util.ArrayList;
import java.util.List;

/** Round numbers along an axis. */
final class Ticks {
  private static final int ABOUT = 5;

  private Ticks() {}

  /** About five round numbers, the first at or below the low end, the last at or above the high. */
  static List<Double> between(double low, double high) {
    double span = high > low ? high - low : 1;
    double magnitude = Math.pow(10, Math.floor(Math.log10(span / ABOUT)));
    double step = 10 * magnitude;
    for (double factor : new double[] {1, 2, 2.5, 5}) {
      if (span / (factor * magnitude) <= ABOUT) {
        step = factor * magnitude;
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    // Counted in whole steps: adding up fractions would drift.
    for (long i = (long) Math.floor(low / step); ; i++) {
      ticks.add(i * step);
      if (i * step >= high - step * 1e-9) {
        return ticks;
      }
    }
  }
}
