package dev.recycler.cli.report;

import java.util.Locale;

/** A shape for each kind of model, so that no one has to tell them by colour alone. */
final class Shape {
  private Shape() {}

  /** SVG path data of the shape around a point. */
  static String path(ModelKind model, double x, double y, double size) {
    return switch (model) {
      case BASE -> circle(x, y, size);
      case PLAIN, PLAIN_CUMULATIVE -> square(x, y, size * 0.9);
      case DIRECT, DIRECT_MERGED -> triangle(x, y, size * 1.2);
      case ITERATIVE, ITERATIVE_MERGED -> diamond(x, y, size * 1.3);
    };
  }

  private static String circle(double x, double y, double r) {
    return String.format(
        Locale.ROOT,
        "M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0z",
        x - r,
        y,
        r,
        r,
        2 * r,
        r,
        r,
        -2 * r);
  }

  private static String square(double x, double y, double r) {
    return String.format(
        Locale.ROOT, "M%.1f %.1fh%.1fv%.1fh%.1fz", x - r, y - r, 2 * r, 2 * r, -2 * r);
  }

  private static String triangle(double x, double y, double r) {
    return String.format(
        Locale.ROOT, "M%.1f %.1fL%.1f %.1fH%.1fz", x, y - r, x + r, y + 0.8 * r, x - r);
  }

  private static String diamond(double x, double y, double r) {
    return String.format(
        Locale.ROOT,
        "M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fz",
        x,
        y - r,
        x + r,
        y,
        x,
        y + r,
        x - r,
        y);
  }
}
