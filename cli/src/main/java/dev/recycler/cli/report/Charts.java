package dev.recycler.cli.report;

import dev.recycler.cli.status.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a report shows in pictures. */
final class Charts {
  private static final int LABELLED_STEPS = 7;

  private Charts() {}

  /** Scores over the releases; nothing where fewer than two releases have any. */
  static Optional<Chart> releases(ScoreTable table, String id) {
    List<Chart.Line> lines = new ArrayList<>();
    for (ScoreTable.Row row : table.rows()) {
      List<Chart.Mark> marks = new ArrayList<>();
      for (int i = 0; i < row.cells().size(); i++) {
        Cell cell = row.cells().get(i);
        if (cell.comparable()) {
          String name = row.model().label(table.releases().get(i));
          marks.add(mark(table.scale(), i, cell.value(), cell.standardError(), name));
        }
      }
      if (!marks.isEmpty()) {
        lines.add(new Chart.Line(row.model(), row.label(), marks));
      }
    }
    long releases =
        lines.stream()
            .flatMap(line -> line.marks().stream())
            .mapToDouble(Chart.Mark::at)
            .distinct()
            .count();
    if (releases < 2) {
      return Optional.empty();
    }
    List<Chart.Tick> ticks = new ArrayList<>();
    for (int i = 0; i < table.releases().size(); i++) {
      ticks.add(new Chart.Tick(i, table.releases().get(i)));
    }
    String title = table.evaluation() + " over the releases";
    return Optional.of(
        new Chart(
            id,
            title,
            title + ". " + lastScores(table.scale(), lines),
            axis(table.scale(), table.evaluation()),
            "release",
            table.scale(),
            ticks,
            lines));
  }

  static Chart convergence(Convergence curves, String id) {
    List<Chart.Line> lines =
        curves.curves().stream()
            .map(
                curve ->
                    new Chart.Line(
                        curve.model(),
                        curve.label(),
                        curve.points().stream()
                            .map(
                                point ->
                                    mark(
                                        curves.scale(),
                                        (double) point.steps(),
                                        point.value(),
                                        point.standardError(),
                                        curve.label()
                                            + " after "
                                            + Names.count(point.steps())
                                            + " steps"))
                            .toList()))
            .toList();
    String title = curves.release() + ": " + curves.evaluation() + " against steps";
    return new Chart(
        id,
        title,
        title + " of this fine-tuning. " + lastScores(curves.scale(), lines),
        axis(curves.scale(), curves.evaluation()),
        "steps of this fine-tuning",
        curves.scale(),
        stepTicks(Curves.steps(curves)),
        lines);
  }

  private static List<Chart.Tick> stepTicks(List<Long> steps) {
    if (steps.size() <= LABELLED_STEPS) {
      return steps.stream().map(step -> new Chart.Tick(step, Names.count(step))).toList();
    }
    return Ticks.between(0, steps.getLast()).stream()
        .filter(at -> at <= steps.getLast())
        .map(at -> new Chart.Tick(at, Names.count(Math.round(at))))
        .toList();
  }

  static Chart.Mark mark(Scale scale, double at, double value, Double error, String name) {
    String score = scale.text(value) + (error == null ? "" : " ± " + scale.text(error));
    return new Chart.Mark(
        at,
        scale.shown(value),
        error == null ? null : (Double) scale.shown(error),
        name + ": " + score);
  }

  private static String lastScores(Scale scale, List<Chart.Line> lines) {
    String format = scale.percent() ? "%.1f" : "%.3f";
    return lines.stream()
        .map(
            line ->
                line.label()
                    + " goes from "
                    + String.format(Locale.ROOT, format, line.marks().getFirst().value())
                    + " to "
                    + String.format(Locale.ROOT, format, line.marks().getLast().value()))
        .collect(Collectors.joining("; ", "", "."));
  }

  static String axis(Scale scale, String evaluation) {
    return evaluation
        + (scale.percent() ? ", %" : "")
        + (scale.lowerIsBetter() ? " (lower is better)" : "");
  }
}
