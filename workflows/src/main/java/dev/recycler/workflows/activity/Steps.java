package dev.recycler.workflows.activity;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.PublishSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/**
 * The steps of a series, each an activity. All of them look into the store first and do nothing
 * where the result is there; all of them heartbeat with a {@link Heartbeat}; all of them fail with
 * an {@code ApplicationFailure} whose type is a {@link FailureKind}'s name.
 */
@ActivityInterface
public interface Steps {
  /** The type of the failure of a step that did not begin, for its series is held by now. */
  String NOT_BEGUN = "NotBegun";

  /** Digests the data and asks the tools for their versions. */
  Pins prepare(SeriesSpec spec);

  /** Makes a release's weights available and takes their digest. */
  Artifact fetch(FetchInput input);

  /** {@code target + scale * (finetuned - base)}. */
  Artifact merge(MergeInput input);

  /** {@code FT(start)}. */
  Finetuned finetune(FinetuneInput input);

  /**
   * The result of {@link #finetune} where it is in the store, else null. It uses no device, so it
   * need not wait for one.
   */
  Finetuned findFinetuned(FinetuneInput input);

  /** The result of {@link #evaluate} where it is in the store, else null; uses no device. */
  Score findScore(EvaluateInput input);

  /** Waits for the next whole checkpoint of a training that runs, until it is cancelled. */
  Checkpoint awaitCheckpoint(CheckpointInput input);

  /** Keeps a checkpoint again whose kept files were damaged, or are gone. */
  Checkpoint keepCheckpoint(KeepInput input);

  /** Takes a checkpoint of a training that is over, or was ended, for its result. */
  Finetuned stop(StopInput input);

  /** Publishes a model; its path is then where it went. */
  Artifact publish(PublishInput input);

  /** Scores one model (or one checkpoint) on one task. */
  Score evaluate(EvaluateInput input);

  /** Input of {@link #fetch}; {@code model} as in the series file. */
  record FetchInput(StepContext context, String model) {}

  /**
   * Input of {@link #merge}.
   *
   * @param analyze whether what is merged is measured on the way, for the record
   */
  record MergeInput(
      StepContext context,
      Artifact target,
      Artifact finetuned,
      Artifact base,
      MergeSpec merge,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean analyze) {
    /** A merge that measures nothing on its way. */
    public MergeInput(
        StepContext context, Artifact target, Artifact finetuned, Artifact base, MergeSpec merge) {
      this(context, target, finetuned, base, merge, false);
    }
  }

  /**
   * Input of {@link #finetune}.
   *
   * @param start the model that training starts from
   * @param stops what ends it at a checkpoint; part of what the result is found by
   */
  record FinetuneInput(
      StepContext context,
      Artifact start,
      FinetuneSpec finetune,
      Pins pins,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<StopRule> stops) {
    public FinetuneInput {
      stops = stops == null ? List.of() : List.copyOf(stops);
    }

    /** Of a training that goes to its end. */
    public FinetuneInput(StepContext context, Artifact start, FinetuneSpec finetune, Pins pins) {
      this(context, start, finetune, pins, List.of());
    }
  }

  /**
   * What ends a training at a checkpoint.
   *
   * @param when the condition that its score meets
   * @param evaluation how it is scored
   */
  record StopRule(Condition when, EvaluationSpec evaluation) {}

  /**
   * Result of {@link #finetune}.
   *
   * @param model the fine-tuned model, in the trainer's own dtype
   * @param checkpoints the saved checkpoints before the last step, oldest first
   * @param steps optimizer steps of this fine-tuning
   * @param seconds wall time that training took, all attempts together
   * @param attempts how many times the trainer was started
   * @param stopped why the training was ended at a checkpoint, which is the model then; else null
   * @param damaged steps of checkpoints that were not whole when the training was over, and are
   *     therefore not kept; null and absent where it was none
   */
  record Finetuned(
      Artifact model,
      List<Checkpoint> checkpoints,
      long steps,
      double seconds,
      int attempts,
      @JsonInclude(JsonInclude.Include.NON_NULL) String stopped,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Long> damaged) {
    public Finetuned {
      checkpoints = List.copyOf(checkpoints);
      damaged = damaged == null ? List.of() : List.copyOf(damaged);
    }

    /** All of whose checkpoints are kept. */
    public Finetuned(
        Artifact model,
        List<Checkpoint> checkpoints,
        long steps,
        double seconds,
        int attempts,
        String stopped) {
      this(model, checkpoints, steps, seconds, attempts, stopped, List.of());
    }

    /** Of a training that went to its end. */
    public Finetuned(
        Artifact model, List<Checkpoint> checkpoints, long steps, double seconds, int attempts) {
      this(model, checkpoints, steps, seconds, attempts, null);
    }
  }

  /**
   * Input of {@link #awaitCheckpoint}.
   *
   * @param after step of the checkpoint before, or 0
   * @param askedAgain whether who asks does so again without end, so that nobody need be kept
   *     waiting for a training that has not begun
   */
  record CheckpointInput(
      FinetuneInput training,
      long after,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean askedAgain) {
    /** Asked once. */
    public CheckpointInput(FinetuneInput training, long after) {
      this(training, after, false);
    }
  }

  /**
   * Input of {@link #keepCheckpoint}.
   *
   * @param checkpoint as it was kept before
   */
  record KeepInput(FinetuneInput training, Checkpoint checkpoint) {}

  /**
   * Input of {@link #stop}.
   *
   * @param at the checkpoint that becomes the model
   * @param why a few words for a person, with the score
   * @param unscored steps of earlier checkpoints that somebody gave the scores of up: the result is
   *     then one of this series, and not what the recipe says
   */
  record StopInput(
      FinetuneInput training,
      Checkpoint at,
      String why,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Long> unscored) {
    public StopInput {
      unscored = unscored == null ? List.of() : List.copyOf(unscored);
    }

    /** Every earlier checkpoint was scored. */
    public StopInput(FinetuneInput training, Checkpoint at, String why) {
      this(training, at, why, List.of());
    }
  }

  /**
   * Input of {@link #publish}.
   *
   * @param to where to, an absolute path or a place on the hub
   */
  record PublishInput(StepContext context, Artifact model, String to, PublishSpec publish) {}

  /**
   * A model folder saved during a fine-tuning.
   *
   * @param step optimizer steps done when it was saved
   * @param model the weights, inside the fine-tuned artifact's folder
   */
  record Checkpoint(long step, Artifact model) {}

  /** Input of {@link #evaluate}. */
  record EvaluateInput(StepContext context, Artifact model, EvaluationSpec evaluation, Pins pins) {}

  /**
   * Result of {@link #evaluate}.
   *
   * @param evaluation name of the evaluation in the series file
   * @param task the harness's name of the task
   * @param metric the harness's name of the metric
   * @param value the score, a fraction where the harness gives fractions
   * @param standardError standard error of the value, or null where the harness gives none
   * @param examples number of examples scored
   * @param harness harness and version, e.g. {@code lm-eval 0.4.13}
   * @param taskVersion the task's own version, or null
   * @param resultsFile absolute path of the harness's own results file that holds the value
   * @param reused true where it was found in the store
   */
  record Score(
      String evaluation,
      String task,
      String metric,
      double value,
      Double standardError,
      long examples,
      String harness,
      String taskVersion,
      String resultsFile,
      boolean reused) {}
}
