package dev.recycler.cli.report;

import java.util.List;
import java.util.Optional;

/** Convergence curves as a table: steps across, a line a curve. */
final class Curves {
  private Curves() {}

  /** All the steps at which some curve has a point, in order. */
  static List<Long> steps(Convergence curves) {
    return curves.curves().stream()
        .flatMap(curve -> curve.points().stream())
        .map(Convergence.Point::steps)
        .distinct()
        .sorted()
        .toList();
  }

  static Optional<Convergence.Point> at(Convergence.Curve curve, long steps) {
    return curve.points().stream().filter(point -> point.steps() == steps).findFirst();
  }
}
