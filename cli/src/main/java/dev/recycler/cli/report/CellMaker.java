package dev.recycler.cli.report;

import dev.recycler.cli.status.StepIndex;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.util.Optional;

/** Makes the cells of one evaluation's tables. */
final class CellMaker {
  private final StepIndex index;
  private final String evaluation;

  CellMaker(StepIndex index, String evaluation) {
    this.index = index;
    this.evaluation = evaluation;
  }

  /**
   * The score of one of a row's models, or why there is none.
   *
   * @param subject as a score step of a progress model names it
   * @param maker id of the step that makes the model
   * @param cumulativeSteps all fine-tuning steps behind the model, or null while not known
   */
  Cell cell(ModelRow row, String subject, String maker, Long cumulativeSteps) {
    Optional<String> id =
        row.scores().stream()
            .filter(score -> score.evaluation().equals(evaluation))
            .filter(score -> score.subject().equals(subject))
            .map(ModelRow.ScoreStep::step)
            .findFirst();
    if (id.isEmpty()) {
      return Cell.gap(Cell.State.NOT_ASKED, null);
    }
    return index
        .find(id.get())
        .map(step -> cell(step, maker, cumulativeSteps))
        .orElseGet(() -> Cell.gap(Cell.State.WAITING, id.get()));
  }

  private Cell cell(StepProgress step, String maker, Long cumulativeSteps) {
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
                  cumulativeSteps,
                  score.resultsFile(),
                  index.find(maker).map(StepProgress::path).orElse(null),
                  false,
                  null,
                  step.reused());
      case RUNNING -> Cell.gap(Cell.State.RUNNING, step.id());
      case FAILED -> Cell.gap(Cell.State.FAILED, step.id());
      case CANCELLED -> Cell.gap(Cell.State.CANCELLED, step.id());
      case WAITING -> Cell.gap(waiting(step, maker), step.id());
    };
  }

  private Cell.State waiting(StepProgress step, String maker) {
    boolean notMade = index.find(maker).map(made -> made.state() == StepState.FAILED).orElse(false);
    return notMade
        ? Cell.State.FAILED
        : index.blocked(step) ? Cell.State.BLOCKED : Cell.State.WAITING;
  }
}
