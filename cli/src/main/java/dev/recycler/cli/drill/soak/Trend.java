package dev.recycler.cli.drill.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one figure did over a soak.
 *
 * @param points in the order of time
 */
public record Trend(Figure figure, List<Point> points) {
  public Trend {
    points = List.copyOf(points);
  }

  /** A figure at a moment. */
  public record Point(double minute, double value) {}

  /** The second half, in which a process that leaks nothing has what it needs. */
  List<Point> secondHalf() {
    double half = (points.getFirst().minute() + points.getLast().minute()) / 2;
    return points.stream().filter(point -> point.minute() >= half).toList();
  }

  /** Median of the second half. */
  public double level() {
    return median(secondHalf().stream().map(Point::value).toList());
  }

  /**
   * How much it grew in the second half, by the median of the slopes between any two of its points
   * (Theil and Sen): single outliers, as faults bring about, do not bend it.
   */
  public double growth() {
    List<Point> half = secondHalf();
    return slope(half) * (half.getLast().minute() - half.getFirst().minute());
  }

  /** The most it ever was. */
  public double most() {
    return points.stream().mapToDouble(Point::value).max().orElse(0);
  }

  /** Whether it did what it may. */
  public boolean holds() {
    return switch (figure.bound()) {
      case Bound.Free _ -> true;
      case Bound.AtMost(double limit) -> most() <= limit;
      case Bound.Growing bound -> growth() <= allowed(bound.level());
    };
  }

  private double allowed(Bound.Level bound) {
    return bound.share() * level() + bound.slack();
  }

  /** For people: what it did and what it may. */
  public String text() {
    String did =
        "%s, second half %s (%s)"
            .formatted(number(level()), signed(growth()), "most ever " + number(most()));
    return switch (figure.bound()) {
      case Bound.Free _ -> "at the end " + number(points.getLast().value());
      case Bound.AtMost(double limit) -> did + ", may be " + number(limit);
      case Bound.Growing bound -> did + ", may grow by " + number(allowed(bound.level()));
    };
  }

  private static double slope(List<Point> points) {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      for (int j = i + 1; j < points.size(); j++) {
        double time = points.get(j).minute() - points.get(i).minute();
        if (time > 0) {
          slopes.add((points.get(j).value() - points.get(i).value()) / time);
        }
      }
    }
    return slopes.isEmpty() ? 0 : median(slopes);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  static String number(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  }

  private static String signed(double value) {
    return (value < 0 ? "" : "+") + number(value);
  }
}
