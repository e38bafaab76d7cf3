package dev.recycler.cli.report;

import dev.recycler.cli.status.Scale;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
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

  TableMaker(Models models, EvaluationSpec evaluation, List<StepProgress> steps) {
    this.models = models;
    this.evaluation = evaluation;
    this.scores =
        steps.stream()
            .map(StepProgress::score)
            .filter(Objects::nonNull)
            .filter(score -> score.evaluation().equals(evaluation.name()))
            .toList();
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
        if (cells.stream().anyMatch(TableMaker::saysSomething)) {
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

  private static boolean saysSomething(Cell cell) {
    return cell.state() != Cell.State.NOT_ASKED && cell.state() != Cell.State.NO_MODEL;
  }

  private Cell cell(ModelKind kind, String release) {
    Optional<ModelRow> row = models.row(kind, release);
    if (row.isEmpty()) {
      return Cell.gap(Cell.State.NO_MODEL, null);
    }
    Optional<String> id =
        row.get().scores().stream()
            .filter(score -> score.evaluation().equals(evaluation.name()))
            .filter(score -> score.subject().equals(kind.subject()))
            .map(ModelRow.ScoreStep::step)
            .findFirst();
    if (id.isEmpty()) {
      return Cell.gap(Cell.State.NOT_ASKED, null);
    }
    return models
        .index()
        .find(id.get())
        .map(step -> cell(kind, row.get(), step))
        .orElseGet(() -> Cell.gap(Cell.State.WAITING, id.get()));
  }

  private Cell cell(ModelKind kind, ModelRow row, StepProgress step) {
    Steps.Score score = step.score();
    return switch (step.state()) {
      case DONE ->
          score == null
              ? Cell.gap(Cell.State.FAILED, step.id())
              : new Cell(
                  Cell.State.SCORED,
                  step.id(),
                  score.value(),
                  score.standardError(),
                  score.examples(),
                  models.cumulativeSteps(kind, row),
                  score.resultsFile(),
                  models.index().find(Models.step(kind, row)).map(StepProgress::path).orElse(null),
                  false,
                  null,
                  step.reused());
      case RUNNING -> Cell.gap(Cell.State.RUNNING, step.id());
      case FAILED -> Cell.gap(Cell.State.FAILED, step.id());
      case CANCELLED -> Cell.gap(Cell.State.CANCELLED, step.id());
      case WAITING -> Cell.gap(waiting(kind, row, step), step.id());
    };
  }

  private Cell.State waiting(ModelKind kind, ModelRow row, StepProgress step) {
    boolean notMade =
        models
            .index()
            .find(Models.step(kind, row))
            .map(maker -> maker.state() == StepState.FAILED)
            .orElse(false);
    return notMade
        ? Cell.State.FAILED
        : models.index().blocked(step) ? Cell.State.BLOCKED : Cell.State.WAITING;
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
    if (cells.stream().anyMatch(cell -> saysSomething(cell) && !cell.comparable())) {
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
