package dev.recycler.cli.report;

import dev.recycler.workflows.progress.ModelRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes what one evaluation shows of the lines between releases. */
final class ConnectivityMaker {
  private final Models models;
  private final ScoreTable table;
  private final CellMaker cells;
  private final Ledger ledger;

  /**
   * @param table the table of the same evaluation's strategies
   */
  ConnectivityMaker(Models models, ScoreTable table, Ledger ledger) {
    this.models = models;
    this.table = table;
    this.cells = new CellMaker(models.index(), table.evaluation());
    this.ledger = ledger;
  }

  List<Connectivity> make() {
    Map<String, List<ModelRow>> lines = new LinkedHashMap<>();
    models.lines().stream()
        .filter(
            row ->
                row.scores().stream()
                    .anyMatch(score -> score.evaluation().equals(table.evaluation())))
        .forEach(row -> lines.computeIfAbsent(row.release(), _ -> new ArrayList<>()).add(row));
    return lines.values().stream().map(this::line).toList();
  }

  private Connectivity line(List<ModelRow> rows) {
    List<Connectivity.Point> points = new ArrayList<>();
    for (ModelRow row : rows) {
      boolean end = row.mergeStep() == null;
      points.add(
          new Connectivity.Point(
              row.line().at(),
              cells.cell(
                  row, end ? "base" : "merged", end ? row.fetchStep() : row.mergeStep(), 0L)));
    }
    ModelRow any = rows.getFirst();
    Connectivity.Point worst = worst(points);
    return new Connectivity(
        table.evaluation(),
        table.scale(),
        any.line().from(),
        any.release(),
        points,
        worst == null ? null : (Double) below(worst, points),
        worst == null ? null : error(worst, points),
        rows.stream()
            .filter(row -> row.mergeStep() != null)
            .findFirst()
            .flatMap(row -> geometry(row.mergeStep()))
            .map(Spent.Geometry::size)
            .orElse(null),
        outcomes(any.release(), points.getLast().cell()));
  }

  /** The inner point that is farthest below; null while a score is missing. */
  private Connectivity.Point worst(List<Connectivity.Point> points) {
    if (!points.stream().allMatch(point -> point.cell().comparable())) {
      return null;
    }
    Connectivity.Point worst = null;
    for (Connectivity.Point point : points.subList(1, points.size() - 1)) {
      if (worst == null || below(point, points) > below(worst, points)) {
        worst = point;
      }
    }
    return worst;
  }

  private double below(Connectivity.Point point, List<Connectivity.Point> points) {
    double straight =
        (1 - point.at()) * points.getFirst().cell().value()
            + point.at() * points.getLast().cell().value();
    double below = straight - point.cell().value();
    return table.scale().lowerIsBetter() ? -below : below;
  }

  private static Double error(Connectivity.Point point, List<Connectivity.Point> points) {
    Double first = points.getFirst().cell().standardError();
    Double here = point.cell().standardError();
    Double last = points.getLast().cell().standardError();
    return first == null || here == null || last == null
        ? null
        : (Double) Math.hypot(here, Math.hypot((1 - point.at()) * first, point.at() * last));
  }

  private List<Connectivity.Outcome> outcomes(String to, Cell base) {
    List<Connectivity.Outcome> outcomes = new ArrayList<>();
    for (ModelKind kind : ModelKind.values()) {
      Optional<ModelRow> row =
          kind.merged() && models.asked(kind) ? models.row(kind, to) : Optional.empty();
      if (row.isPresent()) {
        Cell cell =
            cells.cell(
                row.get(),
                "merged",
                row.get().mergeStep(),
                models.cumulativeSteps(kind, row.get()));
        if (cell.saysSomething()) {
          Optional<Spent.Geometry> geometry = geometry(row.get().mergeStep());
          outcomes.add(
              new Connectivity.Outcome(
                  kind,
                  models.label(kind, to),
                  cell,
                  Gain.of(cell, base, table.scale()),
                  geometry.map(Spent.Geometry::cosine).orElse(null),
                  geometry.map(Spent.Geometry::size).orElse(null)));
        }
      }
    }
    return outcomes;
  }

  private Optional<Spent.Geometry> geometry(String merge) {
    return ledger.of(merge).map(Spent::geometry);
  }
}
