package dev.recycler.workflows.activity;

import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
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
  /** Digests the data and asks the tools for their versions. */
  Pins prepare(SeriesSpec spec);

  /** Makes a release's weights available and takes their digest. */
  Artifact fetch(FetchInput input);

  /** {@code target + scale * (finetuned - base)}. */
  Artifact merge(MergeInput input);

  /** {@code FT(start)}. */
  Finetuned finetune(FinetuneInput input);

  /** Scores one model (or one checkpoint) on one task. */
  Score evaluate(EvaluateInput input);

  /** Input of {@link #fetch}; {@code model} as in the series file. */
  record FetchInput(StepContext context, String model) {}

  /** Input of {@link #merge}. */
  record MergeInput(
      StepContext context, Artifact target, Artifact finetuned, Artifact base, MergeSpec merge) {}

  /**
   * Input of {@link #finetune}.
   *
   * @param start the model that training starts from
   */
  record FinetuneInput(StepContext context, Artifact start, FinetuneSpec finetune, Pins pins) {}

  /**
   * Result of {@link #finetune}.
   *
   * @param model the fine-tuned model, in the trainer's own dtype
   * @param checkpoints the saved checkpoints before the last step, oldest first
   * @param steps optimizer steps of this fine-tuning
   * @param seconds wall time that training took, all attempts together
   * @param attempts how many times the trainer was started
   */
  record Finetuned(
      Artifact model, List<Checkpoint> checkpoints, long steps, double seconds, int attempts) {
    public Finetuned {
      checkpoints = List.copyOf(checkpoints);
    }
  }

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
