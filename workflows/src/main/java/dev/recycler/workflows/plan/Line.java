package dev.recycler.workflows.plan;

import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.spec.ConnectivitySpec;
import dev.recycler.workflows.spec.SeriesSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The straight line from one release to the next.
 *
 * @param name starts the names of its steps, e.g. {@code M2.line-from-M1}
 * @param from {@code M_i}
 * @param to {@code M_{i+1}}
 * @param points the models on it, {@code M_i + α · (M_{i+1} − M_i)}, in the order of α
 */
public record Line(String name, Base from, Base to, List<Merged> points) {
  public Line {
    points = List.copyOf(points);
  }

  /** Every line that a series asks for, in the order of its releases. */
  static List<Line> of(SeriesSpec spec, List<Base> releases) {
    ConnectivitySpec asked = spec.connectivity();
    List<Line> lines = new ArrayList<>();
    for (int i = 1; asked != null && i < releases.size(); i++) {
      Base from = releases.get(i - 1);
      Base to = releases.get(i);
      lines.add(
          new Line(
              to.release() + ".line-from-" + from.release(),
              from,
              to,
              asked.points().stream().map(point -> from.plus(to.minus(from), point)).toList()));
    }
    return lines;
  }
}
