package dev.recycler.workflows;

import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.CheckpointInput;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.activity.Steps.KeepInput;
import dev.recycler.workflows.activity.Steps.Score;
import dev.recycler.workflows.activity.Steps.StopInput;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.Optional;

/**
 * Looks at a training that may be stopped while it runs, from workers that can run it: only they
 * know what it is found by.
 */
sealed interface TrainingWatch {
  /** The next checkpoint. */
  Promise<Checkpoint> next(long after);

  /** Has a checkpoint scored. */
  Promise<Score> score(Checkpoint kept, Steps worker, EvaluateInput input);

  /** Has a checkpoint kept again whose kept files are damaged or gone. */
  void keepAgain(Checkpoint kept);

  /** Has a checkpoint taken for the model. */
  Finetuned stop(Checkpoint at, String why);

  /**
   * By workers of the training's own kind, beside their trainings.
   *
   * @param watcher with the options for watching
   * @param aside with those of short work
   * @param worker who trains
   */
  record Beside(Steps watcher, Steps aside, Steps worker, FinetuneInput training)
      implements TrainingWatch {
    @Override
    public Promise<Checkpoint> next(long after) {
      return Async.function(watcher::awaitCheckpoint, new CheckpointInput(training, after, true));
    }

    @Override
    public Promise<Score> score(Checkpoint kept, Steps worker, EvaluateInput input) {
      return Async.function(() -> scored(kept, worker, input));
    }

    /** A checkpoint that was damaged is kept again, if the trainer has it still. */
    private Score scored(Checkpoint kept, Steps scorer, EvaluateInput input) {
      try {
        return scorer.evaluate(input);
      } catch (ActivityFailure e) {
        if (!Failures.missingInput(e).equals(Optional.of(kept.model().path()))) {
          throw e;
        }
        keepAgain(kept);
        return scorer.evaluate(input);
      }
    }

    @Override
    public void keepAgain(Checkpoint kept) {
      KeepInput again = new KeepInput(training, kept);
      Aside.orInLine(() -> aside.keepCheckpoint(again), () -> worker.keepCheckpoint(again));
    }

    @Override
    public Finetuned stop(Checkpoint at, String why) {
      StopInput stop = new StopInput(training, at, why);
      return Aside.orInLine(() -> aside.stop(stop), () -> worker.stop(stop));
    }
  }

  /** As series do that began before there were queues aside. */
  record AmongMerges(Steps watcher, FinetuneInput training) implements TrainingWatch {
    @Override
    public Promise<Checkpoint> next(long after) {
      return Async.function(watcher::awaitCheckpoint, new CheckpointInput(training, after));
    }

    @Override
    public Promise<Score> score(Checkpoint kept, Steps worker, EvaluateInput input) {
      return Async.function(worker::evaluate, input);
    }

    @Override
    public void keepAgain(Checkpoint kept) {
      throw new UnsupportedOperationException("a series of before keeps no checkpoint again");
    }

    @Override
    public Finetuned stop(Checkpoint at, String why) {
      return watcher.stop(new StopInput(training, at, why));
    }
  }
}
