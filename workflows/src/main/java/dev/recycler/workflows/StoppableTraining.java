package dev.recycler.workflows;

import dev.recycler.workflows.StepResult.Trained;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.activity.Steps.Score;
import dev.recycler.workflows.plan.Decisions;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.GateSpec;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A fine-tuning whose checkpoints are scored while it runs. Its result is the earliest checkpoint
 * that is good enough, or the model at its end where none is: how fast the scores come decides how
 * much training is saved, never which model it is.
 */
final class StoppableTraining {
  /** How many checkpoints may be lost before a person looks at the disks. */
  private static final int MOST_LOST = 3;

  private final StepBoard steps;
  private final TrainingWatch watch;
  private final List<GateSpec> gates;
  private final Function<Checkpoint, List<Step>> scoring;
  private final SortedMap<Long, Candidate> candidates;

  /** Paths of kept checkpoints whose bytes are lost, of the training as it runs now. */
  private final Set<String> lost = new LinkedHashSet<>();

  private Supplier<Promise<Finetuned>> begin;
  private Promise<Finetuned> training;
  private CancellationScope scope;

  /** The step of the checkpoint that the next one is looked for after. */
  private long after;

  private int losses;

  /** A checkpoint that may become the result, and the steps that score it. */
  record Candidate(Checkpoint checkpoint, List<Step> scores) {}

  /** One that is good enough, and the steps of those before it that were never scored. */
  private record Good(Checkpoint checkpoint, String why, List<Long> unscored) {}

  /**
   * @param candidates by their steps, those that earlier tries of this training came to: the
   *     trainer may have dropped them since; to which this one adds
   * @param scoring adds the steps that score a checkpoint
   */
  StoppableTraining(
      StepBoard steps,
      TrainingWatch watch,
      List<GateSpec> gates,
      SortedMap<Long, Candidate> candidates,
      Function<Checkpoint, List<Step>> scoring) {
    this.steps = steps;
    this.watch = watch;
    this.gates = gates;
    this.candidates = candidates;
    this.scoring = scoring;
  }

  /**
   * Follows it from its beginning; called in the step's own cancellation scope.
   *
   * @param begin has a worker train, or gives what was trained before
   */
  Promise<Trained> follow(Supplier<Promise<Finetuned>> begin) {
    this.begin = begin;
    if (steps.skips.last() && good() != null) {
      // It was stopped before, and only what it gave is made again: that needs no training.
      scope = Workflow.newCancellationScope(() -> {});
      training = Workflow.newFailedPromise(new CanceledFailure("it has its model"));
    } else {
      begin();
    }
    after = candidates.isEmpty() ? 0 : candidates.lastKey();
    return Async.function(this::follow);
  }

  private void begin() {
    scope = Workflow.newCancellationScope(() -> training = begin.get());
    scope.run();
  }

  private Trained follow() {
    try {
      while (true) {
        Good good = awaitGood();
        Optional<Finetuned> result = good == null ? Optional.of(training.get()) : stop(good);
        if (result.isPresent()) {
          return new Trained(result.get());
        }
        lose(good.checkpoint());
      }
    } catch (CanceledFailure e) {
      // The step is over when its processes are.
      Workflow.newDetachedCancellationScope(() -> Workflow.await(training::isCompleted)).run();
      throw e;
    }
  }

  /** The checkpoint that is taken for the model, or null where that is what the training gave. */
  private Good awaitGood() {
    if (good() == null) {
      // Those that were not needed while it had a model.
      scores().toList().forEach(steps::recall);
    }
    if (!scoreWhileItRuns()) {
      // Its failure is the step's.
      Finetuned finished = training.get();
      if (finished.stopped() != null) {
        return null;
      }
      finished.checkpoints().stream()
          .filter(checkpoint -> !lost.contains(checkpoint.model().path()))
          .forEach(this::add);
      Workflow.await(() -> good() != null || (failsWithAScore() ? nothingScores() : allScored()));
    }
    Good good = good();
    if (good == null && failsWithAScore()) {
      failWithAScore();
    }
    return good;
  }

  /** Adds checkpoints as they are saved; whether one was good enough before the training ended. */
  private boolean scoreWhileItRuns() {
    boolean found = true;
    while (!training.isCompleted() && good() == null && found) {
      AtomicReference<Promise<Checkpoint>> next = new AtomicReference<>();
      CancellationScope waiting = Workflow.newCancellationScope(() -> next.set(watch.next(after)));
      waiting.run();
      Workflow.await(() -> next.get().isCompleted() || training.isCompleted() || good() != null);
      if (!next.get().isCompleted()) {
        waiting.cancel();
      } else if (next.get().getFailure() == null) {
        add(next.get().get());
        after = next.get().get().step();
      } else {
        // Then they are looked at when the training is over.
        found = false;
      }
    }
    Workflow.await(() -> training.isCompleted() || good() != null);
    return good() != null;
  }

  private void add(Checkpoint checkpoint) {
    if (!candidates.containsKey(checkpoint.step())) {
      candidates.put(checkpoint.step(), new Candidate(checkpoint, scoring.apply(checkpoint)));
    }
  }

  /** The earliest checkpoint that is good enough, as far as all before it have been scored. */
  private Good good() {
    List<Long> unscored = new ArrayList<>();
    for (Candidate candidate : candidates.values()) {
      Map<String, Score> scores = new LinkedHashMap<>();
      for (Step step : candidate.scores()) {
        if (step.state() == StepState.DONE) {
          scores.put(step.score().evaluation(), step.score());
        }
      }
      String why = Decisions.enough(gates, scores).orElse(null);
      if (why != null) {
        return new Good(candidate.checkpoint(), why, List.copyOf(unscored));
      } else if (!isScored(candidate)) {
        return null;
      } else if (candidate.scores().stream().anyMatch(this::isGivenUp)) {
        unscored.add(candidate.checkpoint().step());
      }
    }
    return null;
  }

  /** Series from before there were queues aside waited for a failed score as for any other. */
  private boolean failsWithAScore() {
    return watch instanceof TrainingWatch.Beside;
  }

  private boolean allScored() {
    return candidates.values().stream().allMatch(this::isScored);
  }

  /** Whether no score comes before a person has acted. */
  private boolean nothingScores() {
    return scores().allMatch(step -> isOver(step) || step.state() == StepState.FAILED);
  }

  /** Without each score it is unknown which checkpoint is the result. */
  private void failWithAScore() {
    scores()
        .filter(step -> step.state() == StepState.FAILED)
        .findFirst()
        .ifPresent(
            score -> {
              throw ApplicationFailure.newNonRetryableFailure(
                  "it is trained, but without %s, which failed, it can't be told at which"
                          .formatted(score.id)
                      + " checkpoint it was good enough",
                  FailureKind.TOOL.name());
            });
  }

  private Stream<Step> scores() {
    return candidates.values().stream().flatMap(candidate -> candidate.scores().stream());
  }

  /** One that a person gave up counts as not good enough; one that failed is waited for. */
  private boolean isScored(Candidate candidate) {
    return candidate.scores().stream().allMatch(this::isOver);
  }

  private boolean isOver(Step score) {
    return score.state() == StepState.DONE || isGivenUp(score);
  }

  private boolean isGivenUp(Step score) {
    return score.state() == StepState.CANCELLED && !steps.skips.isDismissed(score);
  }

  /** Takes a checkpoint for the model; nothing where its bytes are lost for good. */
  private Optional<Finetuned> stop(Good good) {
    scope.cancel();
    Workflow.await(training::isCompleted);
    try {
      return Optional.of(watch.stop(good.checkpoint(), good.why(), good.unscored()));
    } catch (ActivityFailure e) {
      if (!isLost(good.checkpoint(), e)) {
        throw e;
      }
    }
    try {
      watch.keepAgain(good.checkpoint());
      return Optional.of(watch.stop(good.checkpoint(), good.why(), good.unscored()));
    } catch (ActivityFailure e) {
      if (!isLost(good.checkpoint(), e) || ++losses > MOST_LOST) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private boolean isLost(Checkpoint checkpoint, ActivityFailure failure) {
    return steps.skips.last()
        && Failures.missingInput(failure).equals(Optional.of(checkpoint.model().path()));
  }

  /** Goes on without a checkpoint until the training comes to it again. */
  private void lose(Checkpoint checkpoint) {
    candidates
        .remove(checkpoint.step())
        .scores()
        .forEach(score -> steps.skips.dismiss(score, "the bytes of its checkpoint are lost"));
    SortedMap<Long, Candidate> earlier = candidates.headMap(checkpoint.step());
    after = earlier.isEmpty() ? 0 : earlier.lastKey();
    lost.add(checkpoint.model().path());
    if (training.getFailure() != null && good() == null) {
      // It was ended for this one.
      lost.clear();
      begin();
    }
  }
}
