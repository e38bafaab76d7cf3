package dev.recycler.cli.report;

import dev.recycler.cli.status.Scale;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The lines between releases as one picture: releases across, the models of a line between them at
 * their α, straight dotted lines from release to release, and what the transfers came to.
 */
final class ConnectivityChart {
  private final List<Connectivity> lines;
  private final List<String> releases;
  private final Scale scale;

  private ConnectivityChart(List<Connectivity> lines, List<String> releases) {
    this.lines = lines;
    this.releases = releases;
    this.scale = lines.getFirst().scale();
  }

  /**
   * The picture of one evaluation's lines; nothing while no model between two releases has a score.
   *
   * @param releases in the order of the series
   */
  static Optional<Chart> of(List<Connectivity> lines, List<String> releases, String id) {
    return new ConnectivityChart(lines, releases).make(id);
  }

  private Optional<Chart> make(String id) {
    List<Chart.Line> drawn = new ArrayList<>(between());
    if (drawn.isEmpty()) {
      return Optional.empty();
    }
    drawn.addAll(transfers());
    String title = lines.getFirst().evaluation() + " between the releases";
    return Optional.of(
        new Chart(
            id,
            title,
            title + ". " + dips(),
            Charts.axis(scale, lines.getFirst().evaluation()),
            "release, and between two releases α",
            scale,
            ticks(),
            drawn));
  }

  /** The models along the lines; the releases are where one ends and the next begins. */
  private List<Chart.Line> between() {
    Map<Double, Chart.Mark> marks = new TreeMap<>();
    Map<Double, Chart.Mark> ends = new TreeMap<>();
    for (Connectivity line : lines) {
      for (Connectivity.Point point : line.points()) {
        if (point.cell().comparable()) {
          Chart.Mark mark = mark(at(line, point), point.cell(), name(line, point));
          marks.putIfAbsent(mark.at(), mark);
          if (isEnd(point)) {
            ends.putIfAbsent(mark.at(), mark);
          }
        }
      }
    }
    return marks.size() == ends.size()
        ? List.of()
        : List.of(
            new Chart.Line(
                ModelKind.BASE,
                "between releases",
                List.copyOf(marks.values()),
                ends.size() < 2 ? List.of() : List.copyOf(ends.values())));
  }

  /** A line for each kind of transfer. */
  private List<Chart.Line> transfers() {
    List<Chart.Line> transfers = new ArrayList<>();
    for (ModelKind kind : ModelKind.values()) {
      List<Chart.Mark> marks = new ArrayList<>();
      for (Connectivity line : lines) {
        for (Connectivity.Outcome outcome : line.outcomes()) {
          if (outcome.kind() == kind && outcome.cell().comparable()) {
            marks.add(mark(place(line.to()), outcome.cell(), outcome.label()));
          }
        }
      }
      if (!marks.isEmpty()) {
        transfers.add(new Chart.Line(kind, kind.label("M_i"), marks));
      }
    }
    return transfers;
  }

  private List<Chart.Tick> ticks() {
    Map<Double, Chart.Tick> ticks = new TreeMap<>();
    for (Connectivity line : lines) {
      for (Connectivity.Point point : line.points()) {
        double at = at(line, point);
        ticks.putIfAbsent(at, new Chart.Tick(at, name(line, point), isEnd(point)));
      }
    }
    return List.copyOf(ticks.values());
  }

  private String dips() {
    List<Connectivity> below = lines.stream().filter(Connectivity::dips).toList();
    return below.isEmpty()
        ? "Nowhere below the straight lines beyond noise."
        : "Below the straight line beyond noise: "
            + String.join(
                "; ",
                below.stream()
                    .sorted(Comparator.comparingDouble(Connectivity::dip).reversed())
                    .map(line -> line.line() + " by " + scale.text(line.dip()))
                    .toList())
            + ".";
  }

  private double at(Connectivity line, Connectivity.Point point) {
    double from = place(line.from());
    return from + point.at() * (place(line.to()) - from);
  }

  private double place(String release) {
    return releases.indexOf(release);
  }

  private static boolean isEnd(Connectivity.Point point) {
    return point.at() == 0 || point.at() == 1;
  }

  private static String name(Connectivity line, Connectivity.Point point) {
    return isEnd(point)
        ? point.at() == 0 ? line.from() : line.to()
        : line.line() + ", α " + Connectivity.number(point.at());
  }

  private Chart.Mark mark(double at, Cell cell, String name) {
    return Charts.mark(scale, at, cell.value(), cell.standardError(), name);
  }
}
