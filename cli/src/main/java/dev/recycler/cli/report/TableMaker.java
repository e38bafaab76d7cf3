package dev.recycler.cli.report;

import dev.recycler.cli.status.Scale;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.spec.EvaluationSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Makes the table of one evaluation. */
final class TableMaker {
  private final Models models;
  private final EvaluationSpec evaluation;
  private final List<Steps.Score> scores;
  private final Scale scale;
  private final CellMaker cells;

  TableMaker(Models models, EvaluationSpec evaluation, List<StepProgress> steps) {
    this.models = models;
    this.evaluation = evaluation;
    this.scores =
        steps.stream()
            .map(StepProgress::score)
            .filter(Objects::nonNull)
            .filter(score -> score.evaluation().equals(evaluation.name()))
            .toList();
    this.cells = new CellMaker(models.index(), evaluation.name());
    this.scale =
        Scale.of(
            scores.isEmpty() ? evaluation.metric() : scores.getFirst().metric(),
            scores.stream().map(Steps.Score::value).toList());
  }

  ScoreTable make() {
    List<ScoreTable.Row> rows = new ArrayList<>();
    for (ModelKind kind : ModelKind.values()) {
      if (models.asked(kind)) {
        List<Cell> cells = models.releases().stream().map(release -> cell(kind, release)).toList();
        if (cells.stream().anyMatch(Cell::saysSomething)) {
          rows.add(new ScoreTable.Row(kind, cells));
        }
      }
    }
    return new ScoreTable(
        evaluation.name(),
        evaluation.task(),
        scores.isEmpty() ? evaluation.metric() : scores.getFirst().metric(),
        scores.isEmpty() ? null : scores.getFirst().harness(),
        scale,
        models.releases(),
        marked(rows));
  }

  private Cell cell(ModelKind kind, String release) {
    Optional<ModelRow> row = models.row(kind, release);
    return row.isEmpty()
        ? Cell.gap(Cell.State.NO_MODEL, null)
        : cells.cell(
            row.get(),
            kind.subject(),
            Models.step(kind, row.get()),
            models.cumulativeSteps(kind, row.get()));
  }

  private List<ScoreTable.Row> marked(List<ScoreTable.Row> rows) {
    List<List<Cell>> marked = new ArrayList<>();
    rows.forEach(row -> marked.add(new ArrayList<>(row.cells())));
    for (int column = 0; column < models.releases().size(); column++) {
      int at = column;
      List<Cell> cells = rows.stream().map(row -> row.cells().get(at)).toList();
      Cell best = best(cells);
      for (int row = 0; row < rows.size(); row++) {
        Cell cell = cells.get(row);
        ModelKind same = null;
        for (int above = row - 1; above >= 0 && cell.step() != null; above--) {
          if (cell.step().equals(cells.get(above).step())) {
            same = rows.get(above).model();
          }
        }
        boolean isBest = best != null && cell.scored() && cell.step().equals(best.step());
        marked.get(row).set(column, cell.marked(isBest, same));
      }
    }
    List<ScoreTable.Row> result = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      result.add(new ScoreTable.Row(rows.get(row).model(), marked.get(row)));
    }
    return result;
  }

  /** The cell that is better than every other model's beyond the noise, or null. */
  private Cell best(List<Cell> cells) {
    if (cells.stream().anyMatch(cell -> cell.saysSomething() && !cell.comparable())) {
      return null; // A model without a score might be better.
    }
    Comparator<Cell> byValue = Comparator.comparing(Cell::value);
    List<Cell> scored = cells.stream().filter(Cell::comparable).toList();
    Cell leader =
        scored.stream().max(scale.lowerIsBetter() ? byValue.reversed() : byValue).orElse(null);
    List<Cell> others =
        scored.stream()
            .filter(cell -> leader != null && !cell.step().equals(leader.step()))
            .toList();
    boolean ahead =
        !others.isEmpty()
            && others.stream().allMatch(other -> Comparison.of(leader, other, scale).better());
    return ahead ? leader : null;
  }
}
