package dev.recycler.workflows;

import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** One step of a running series: what it needs, how it is done, how it stands. */
final class Step implements Comparable<Step> {
  /** Storage that damages one thing after another is a person's affair. */
  private static final int MOST_MENDED = 3;

  private final int order;
  final String id;
  final StepKind kind;
  final List<Step> needs;
  final List<Step> neededBy = new ArrayList<>();

  /** Whether the board has the step in a queue. */
  boolean queued;

  /** The step that this one is done in the middle of, or null; it need not be done for that. */
  private final Step within;

  private final Supplier<Promise<? extends StepResult>> work;

  private StepState state = StepState.WAITING;
  private Instant started;
  private Instant finished;
  private StepResult result;
  private CancellationScope scope;
  private EndedStep.Failure failure;
  private String note;
  private boolean givenUp;

  /** Id of the step that this one was given up with; null where by its own name. */
  private String givenUpWith;

  private int mended;
  private Runnable whenDone = () -> {};

  Step(
      int order,
      String id,
      StepKind kind,
      List<Step> needs,
      Step within,
      Supplier<Promise<? extends StepResult>> work) {
    this.order = order;
    this.id = id;
    this.kind = kind;
    this.needs = needs.stream().distinct().toList();
    this.within = within;
    this.work = work;
  }

  StepState state() {
    return state;
  }

  /** The step that this one is done in the middle of, or null. */
  Step within() {
    return within;
  }

  List<String> needIds() {
    return needs.stream().map(need -> need.id).toList();
  }

  /** Whether everything this step needs is there. */
  boolean ready() {
    return state == StepState.WAITING
        && needs.stream()
            .allMatch(need -> need.state == StepState.DONE || (need.equals(within) && isUrgent()));
  }

  /** Whether a step that runs waits for this one. */
  boolean isUrgent() {
    return within != null && within.state == StepState.RUNNING;
  }

  Promise<? extends StepResult> start(Instant now) {
    state = StepState.RUNNING;
    started = now;
    // A scope of its own: steps are mostly started by the end of others, where the workflow's scope
    // is not the current one and its cancellation would pass them by.
    AtomicReference<Promise<? extends StepResult>> promise = new AtomicReference<>();
    scope = Workflow.newCancellationScope(() -> promise.set(work.get()));
    scope.run();
    return promise.get();
  }

  /**
   * Notes that nobody wants the step any more, which holds until it is tried again.
   *
   * @param with id of the step that it is given up with, or null where by its own name
   */
  void giveUp(String with) {
    givenUp = true;
    givenUpWith = with;
  }

  boolean isGivenUp() {
    return givenUp;
  }

  /** Id of the step by whose name this one was given up; its own where it is not. */
  String givenUpBy() {
    return givenUp && givenUpWith != null ? givenUpWith : id;
  }

  /** Asks the worker to end the step. */
  void cancel() {
    scope.cancel();
  }

  void done(StepResult result, Instant now) {
    state = StepState.DONE;
    finished = now;
    this.result = result;
    if (givenUp) {
      // It was done before it could be ended.
      givenUp = false;
      note = null;
    }
    whenDone.run();
  }

  void failed(EndedStep.Failure failure, Instant now) {
    state = StepState.FAILED;
    finished = now;
    this.failure = failure;
  }

  void cancelled(Instant now) {
    // What was done before it was given up has ended then.
    finished = started == null || state == StepState.DONE ? finished : now;
    state = StepState.CANCELLED;
    failure = null;
  }

  /** A step that failed, or was given up, waits for its turn again. */
  void tryAgain() {
    note = state == StepState.CANCELLED ? null : note;
    again();
    mended = 0;
    givenUp = false;
  }

  /** A step whose result was lost, or whose inputs are made again, waits for its turn again. */
  void again() {
    state = StepState.WAITING;
    started = null;
    finished = null;
    failure = null;
  }

  /** Whether this step may wait once more for its inputs to be made again. */
  boolean mayBeMended() {
    return mended++ < MOST_MENDED;
  }

  /** Whether this step gave what lies at a path, as far as it was ever done. */
  boolean gave(String path) {
    return result != null
        && result.path() != null
        && (path.equals(result.path()) || path.startsWith(result.path() + "/"));
  }

  /** Steps start in the order in which they were added. */
  @Override
  public int compareTo(Step other) {
    return Integer.compare(order, other.order);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return order;
  }

  /** Takes over how the step ended in a run of the workflow before this one. */
  void restore(EndedStep ended) {
    started = ended.started();
    note = ended.note();
    if (ended.failure() != null) {
      failed(ended.failure(), ended.finished());
    } else if (ended.skipped()) {
      giveUp(ended.skippedWith());
      cancelled(ended.finished());
    } else {
      done(result(ended), ended.finished());
    }
  }

  /** The opposite of {@link #restore}. */
  EndedStep ended() {
    return new EndedStep(
        id,
        started,
        finished,
        result instanceof StepResult.Prepared(Pins pins) ? pins : null,
        result instanceof StepResult.Made(Artifact artifact) ? artifact : null,
        finetuned(),
        score(),
        result instanceof StepResult.Decided(boolean goes, String _) ? (Boolean) goes : null,
        note,
        failure,
        state == StepState.CANCELLED,
        givenUp ? givenUpWith : null);
  }

  /** Has something done once the step is, or now where it is already. */
  void whenDone(Runnable action) {
    whenDone = action;
    if (state == StepState.DONE) {
      action.run();
    }
  }

  /** Says something of the step to people. */
  void note(String text) {
    note = text;
  }

  String note() {
    return note;
  }

  /** Whether a gate lets the fine-tuning behind it be done. */
  boolean goes() {
    return ((StepResult.Decided) result).goes();
  }

  Pins pins() {
    return ((StepResult.Prepared) result).pins();
  }

  /** Whether the step was ever done, as far as this run of the workflow knows. */
  boolean hasResult() {
    return result != null;
  }

  /** The model that the step made. */
  Artifact model() {
    return result instanceof StepResult.Made(Artifact artifact) ? artifact : finetuned().model();
  }

  EndedStep.Failure failure() {
    return failure;
  }

  StepProgress progress() {
    return new StepProgress(
        id,
        kind,
        state,
        needIds(),
        started,
        finished,
        result == null ? null : result.path(),
        result != null && result.reused(),
        failure == null ? null : failure.sentence(),
        failure == null ? null : failure.kind(),
        finetuned(),
        score(),
        note);
  }

  Steps.Finetuned finetuned() {
    return result instanceof StepResult.Trained(Steps.Finetuned finetuned) ? finetuned : null;
  }

  Steps.Score score() {
    return result instanceof StepResult.Scored(Steps.Score score) ? score : null;
  }

  private static StepResult result(EndedStep ended) {
    if (ended.pins() != null) {
      return new StepResult.Prepared(ended.pins());
    } else if (ended.artifact() != null) {
      return new StepResult.Made(ended.artifact());
    } else if (ended.finetuned() != null) {
      return new StepResult.Trained(ended.finetuned());
    } else if (ended.goes() != null) {
      return new StepResult.Decided(ended.goes(), ended.note());
    }
    return new StepResult.Scored(ended.score());
  }
}
