package dev.recycler.workflows;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.Standing;
import java.util.List;

/**
 * How a series stands: in a word, and in a sentence where a person has to act or to know.
 *
 * @param series its name
 * @param steps its steps
 * @param watch its watch for releases
 * @param cancelled whether a person has cancelled it
 * @param corrected whether it is about to take up a corrected file
 * @param paused whether a person has paused it
 */
record Situation(
    String series,
    StepBoard steps,
    ReleaseWatch watch,
    boolean cancelled,
    boolean corrected,
    boolean paused) {
  SeriesState state() {
    if (cancelled) {
      // Not before its last process has ended.
      return steps.nothingRuns() ? SeriesState.CANCELLED : SeriesState.RUNNING;
    } else if (steps.allOver()) {
      return watch.isOn() ? SeriesState.WATCHING : SeriesState.FINISHED;
    }
    return steps.stuck() ? SeriesState.FAILED : SeriesState.RUNNING;
  }

  Standing standing() {
    return Standing.of(state(), paused, !steps.waitingForApproval().isEmpty());
  }

  /** Null where there is nothing to say. */
  String message() {
    if (cancelled) {
      return steps.nothingRuns() ? null : "is being cancelled: what runs is being ended";
    } else if (state() == SeriesState.FINISHED) {
      return null;
    } else if (corrected) {
      return "takes up a corrected file once what runs and stays is finished";
    } else if (paused) {
      return "paused: what runs is finished, nothing starts; `recycler resume %s` goes on"
          .formatted(series);
    } else if (steps.allOver()) {
      return "all is done; %s; `recycler finish %s` ends that".formatted(watch.sentence(), series);
    }
    List<Step> failed = steps.failed();
    return failed.isEmpty() ? waiting() : failure(failed);
  }

  private String waiting() {
    return steps.waitingForApproval().stream()
        .findFirst()
        .map(
            gate ->
                "%s waits for a person (%s): `recycler approve %s %s` goes on, `recycler skip`"
                        .formatted(gate.id, gate.note(), series, gate.id)
                    + " gives it up")
        .orElse(null);
  }

  private String failure(List<Step> failed) {
    Step first = failed.getFirst();
    String others = failed.size() == 1 ? "" : " (and %d more)".formatted(failed.size() - 1);
    return "%s failed%s: %s; %s%s, then `recycler resume %s`"
        .formatted(
            first.id,
            others,
            first.failure().sentence(),
            steps.stuck() ? "" : "the steps that do not need it go on; ",
            remedy(first.failure()),
            series);
  }

  private String remedy(EndedStep.Failure failure) {
    return FailureKind.USER.name().equals(failure.kind())
        ? "give a corrected file by `recycler update %s FILE`, or see to the cause"
            .formatted(series)
        : "see to the cause";
  }
}
