package dev.recycler.workflows;

import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The steps of a running series. A step starts once everything it needs is done and fewer steps of
 * its kind are with workers than {@link StepOptions#atOnce} allows; of those that could start, the
 * one that was added first does. The kinds never hold each other up: a hundred evaluations that
 * wait delay no fine-tuning.
 *
 * <p>A step that fails for good keeps what needs it waiting, and nothing else.
 */
final class StepBoard {
  /** How steps ended in earlier runs of the workflow that this one does not have yet. */
  private final Map<String, EndedStep> endedBefore;

  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Map<StepKind, PriorityQueue<Step>> ready = new EnumMap<>(StepKind.class);
  private final Map<StepKind, Integer> running = new EnumMap<>(StepKind.class);
  private final BooleanSupplier held;
  private final BooleanSupplier mustRest;
  private boolean stopped;
  private RuntimeException defect;
  final Approvals approvals = new Approvals();
  final Skips skips = new Skips(Collections.unmodifiableCollection(steps.values()), new Turns());

  /**
   * @param endedBefore how steps ended in earlier runs of the workflow: they are not run again
   * @param held whether a person has asked that nothing begins
   * @param mustRest whether no step may start now, for that or another reason
   */
  StepBoard(List<EndedStep> endedBefore, BooleanSupplier held, BooleanSupplier mustRest) {
    this.held = held;
    this.mustRest = mustRest;
    this.endedBefore = new LinkedHashMap<>();
    endedBefore.forEach(ended -> this.endedBefore.put(ended.step(), ended));
    for (StepKind kind : StepKind.values()) {
      ready.put(kind, new PriorityQueue<>());
      running.put(kind, 0);
    }
  }

  /**
   * Adds a step, which starts as soon as it can. Where the board has one of this id already, that
   * one is returned; it starts if what it is done in the middle of has come to it again.
   *
   * @param within of the needs the one that must run, and need not be done, or null
   * @param work gives the step to a worker
   */
  Step add(
      String id,
      StepKind kind,
      List<Step> needs,
      Step within,
      Supplier<Promise<? extends StepResult>> work) {
    Step known = steps.get(id);
    if (known != null) {
      if (skips.scoresFollowTrainings()) {
        recall(known);
        offer(known);
        startReady();
      }
      return known;
    }
    Step step = new Step(steps.size(), id, kind, needs, within, work);
    steps.put(id, step);
    step.needs.forEach(need -> need.neededBy.add(step));
    EndedStep ended = endedBefore.remove(id);
    // What failed within a step that has been taken up again is tried again with it.
    boolean triedAgain =
        skips.scoresFollowTrainings()
            && within != null
            && within.state() == StepState.RUNNING
            && ended != null
            && ended.failure() != null;
    if (ended != null && !triedAgain) {
      step.restore(ended);
    } else if (stopped) {
      skips.giveUp(step, null);
    } else {
      skips.giveUpWithItsNeeds(step);
    }
    offer(step);
    startReady();
    return step;
  }

  /** The step of an id that the board has. */
  Step get(String id) {
    return steps.get(id);
  }

  boolean has(String step) {
    return steps.containsKey(step);
  }

  Set<String> ids() {
    return steps.keySet();
  }

  /**
   * Whether a step must not begin now though its turn has come. One that has had its turn begins
   * also when the history is long: a run of the workflow that only takes turns would come to
   * nothing.
   */
  boolean mustWait(String step) {
    return held.getAsBoolean() && !steps.get(step).isUrgent();
  }

  /** Tries every failed step again; returns how many. */
  int retryFailed() {
    List<Step> failed = failed();
    failed.stream().filter(step -> step.state() == StepState.FAILED).forEach(skips::tryAgain);
    startReady();
    return failed.size();
  }

  /** Whether a step has failed, or was skipped otherwise than for one that it needs. */
  boolean mayRetry(String id) {
    Step step = steps.get(id);
    return step.state() == StepState.FAILED || skips.isSkipped(step);
  }

  /** Tries one step again, and what was skipped with it. */
  void retry(String id) {
    if (mayRetry(id)) {
      skips.tryAgain(steps.get(id));
      startReady();
    }
  }

  /** Has a step done all the same that was of no use for a while. */
  void recall(Step step) {
    if (skips.isDismissed(step)) {
      skips.tryAgain(step);
      startReady();
    }
  }

  boolean maySkip(String id) {
    return switch (steps.get(id).state()) {
      case WAITING, RUNNING, FAILED -> true;
      case DONE, CANCELLED -> false;
    };
  }

  /** Gives up a step and all that need it; returns how many. */
  int skip(String id) {
    return maySkip(id) ? skips.giveUp(steps.get(id), null) : 0;
  }

  /** Cancels what runs and starts nothing more. What runs counts until its processes have ended. */
  void stop() {
    stopped = true;
    for (Step step : steps.values()) {
      switch (step.state()) {
        case WAITING -> step.cancelled(now());
        case RUNNING -> step.cancel();
        case DONE, FAILED, CANCELLED -> {}
      }
    }
  }

  /** Whether each step is done, or was skipped; what was stopped is not over but cut off. */
  boolean allOver() {
    return idle()
        && !stopped
        && steps.values().stream()
            .map(Step::state)
            .allMatch(state -> state == StepState.DONE || state == StepState.CANCELLED);
  }

  /** Whether no step is with a worker; one that waits for a person is with nobody. */
  boolean idle() {
    if (defect != null) {
      throw defect;
    }
    return nothingRuns();
  }

  /** Whether no worker has a step now. */
  boolean nothingRuns() {
    return running.entrySet().stream()
        .allMatch(kind -> kind.getKey() == StepKind.DECIDE || kind.getValue() == 0);
  }

  /** Whether nothing can go on before a person acts. */
  boolean stuck() {
    return idle()
        && !failed().isEmpty()
        && ready.values().stream().allMatch(PriorityQueue::isEmpty);
  }

  /** The steps that wait for a person's word. */
  List<Step> waitingForApproval() {
    return steps.values().stream().filter(approvals::waits).toList();
  }

  /** Whether a step waits for a person's word. */
  boolean mayApprove(String id) {
    return approvals.waits(steps.get(id));
  }

  /** Lets a step go on that waited for a person's word. */
  void approve(String id, String why) {
    approvals.approve(steps.get(id), why);
  }

  List<Step> failed() {
    return steps.values().stream().filter(step -> step.state() == StepState.FAILED).toList();
  }

  /**
   * How every step that is over ended.
   *
   * @param keeps by a step's id and those of what it needs, whether its result is kept
   */
  List<EndedStep> ended(BiPredicate<String, List<String>> keeps) {
    return steps.values().stream()
        .filter(step -> step.state() != StepState.WAITING && step.state() != StepState.RUNNING)
        .filter(step -> keeps.test(step.id, step.needIds()))
        .map(Step::ended)
        .toList();
  }

  /**
   * How steps ended in earlier runs of the workflow that this run never had: scores of checkpoints
   * whose training has not come to them again.
   */
  List<EndedStep> endedBefore() {
    return List.copyOf(endedBefore.values());
  }

  /** Ends what runs and is not kept; returns how many steps that run or are over are not. */
  int giveBack(BiPredicate<String, List<String>> keeps) {
    int count = 0;
    for (Step step : steps.values()) {
      if (step.state() != StepState.WAITING && !keeps.test(step.id, step.needIds())) {
        count++;
        if (step.state() == StepState.RUNNING) {
          step.cancel();
        }
      }
    }
    return count;
  }

  List<StepProgress> progress() {
    return steps.values().stream().map(Step::progress).toList();
  }

  /** Queues a step whose needs are met; a step that is queued already keeps its place. */
  private void offer(Step step) {
    if (step.ready() && !step.queued) {
      step.queued = true;
      ready.get(step.kind).add(step);
    }
  }

  private void startReady() {
    for (StepKind kind : StepKind.values()) {
      while (!stopped && running.get(kind) < StepOptions.atOnce(kind)) {
        Step next = next(ready.get(kind));
        if (next == null) {
          break;
        }
        start(next);
      }
    }
  }

  /** Takes the step that is to start, or null; what a running step waits for knows no rest. */
  private Step next(PriorityQueue<Step> queue) {
    if (!mustRest.getAsBoolean()) {
      return queue.poll();
    }
    Step urgent = queue.stream().filter(Step::isUrgent).min(Step::compareTo).orElse(null);
    if (urgent != null) {
      queue.remove(urgent);
    }
    return urgent;
  }

  private void start(Step step) {
    step.queued = false;
    running.merge(step.kind, 1, Integer::sum);
    Promise<? extends StepResult> work = step.start(now());
    // What is to be tried again in the middle of it.
    step.neededBy.stream().filter(needing -> skips.follows(needing, step)).forEach(this::offer);
    work.handle(
        (result, failure) -> {
          // This may be called in the scope of the step that has ended. What starts now must not
          // be cancelled with that one.
          Workflow.newDetachedCancellationScope(() -> tellEnded(step, result, failure)).run();
          return null;
        });
  }

  private void tellEnded(Step step, StepResult result, RuntimeException failure) {
    try {
      ended(step, result, failure);
    } catch (RuntimeException e) {
      // A callback's exception would be lost, and the series would wait for ever.
      defect = e;
    }
  }

  private void ended(Step step, StepResult result, RuntimeException failure) {
    running.merge(step.kind, -1, Integer::sum);
    if (failure == null) {
      step.done(result, now());
      step.neededBy.forEach(this::offer);
    } else if (Failures.isCancellation(failure) || skips.isGivenUp(step)) {
      step.cancelled(now());
      if (skips.last() && step.isGivenUp()) {
        // What has come to need it while it was being ended.
        skips.giveUpNeeding(step);
      }
    } else if (Failures.isNotBegun(failure)) {
      step.again();
      offer(step);
    } else if (!mend(step, Failures.missingInput(failure))) {
      step.failed(Failures.describe(failure), now());
    }
    startReady();
  }

  /**
   * Has what a step is made from made again, and the step after it.
   *
   * @return whether there is somebody to make it
   */
  private boolean mend(Step step, Optional<String> lost) {
    if (lost.isEmpty() || stopped || !step.mayBeMended()) {
      return false;
    }
    List<Step> makers = makers(step, lost.get());
    for (Step maker : makers) {
      if (maker.state() == StepState.DONE) {
        maker.again();
        maker.note("made again: its bytes in the store were damaged or gone");
      }
    }
    if (makers.isEmpty()) {
      return false;
    }
    step.again();
    makers.forEach(this::offer);
    if (skips.last()) {
      // Whose maker was given up while it was made again.
      skips.giveUpWithItsNeeds(step);
    }
    offer(step);
    return true;
  }

  /** The steps that lead to what lies at a path, from a step that needs it backwards. */
  private static List<Step> makers(Step step, String path) {
    List<Step> makers = new ArrayList<>();
    for (Step need : step.needs) {
      if (need.gave(path)) {
        makers.add(need);
        // A choice, or a gate that spared a training, gives what another step has made.
        makers.addAll(makers(need, path));
      }
    }
    return makers;
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  private final class Turns implements Skips.Turns {
    @Override
    public void offer(Step step) {
      StepBoard.this.offer(step);
    }

    @Override
    public void withdraw(Step step) {
      ready.get(step.kind).remove(step);
      step.queued = false;
    }
  }
}
