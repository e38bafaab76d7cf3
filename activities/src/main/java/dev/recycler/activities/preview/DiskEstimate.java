package dev.recycler.activities.preview;

import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.util.List;

/**
 * What the store will take, about: merged models as large as the merge says, fine-tuned ones and
 * their checkpoints in float32 (trainers save no more), and beside them, while a training runs, the
 * optimizer's two moments in each checkpoint.
 */
final class DiskEstimate {
  private static final int FLOAT32 = 4;

  private DiskEstimate() {}

  /** Bytes of all that is to be made, with the largest training still running. */
  static long peak(List<StepPreview> steps) {
    long kept =
        steps.stream().filter(step -> step.bytes() != null).mapToLong(StepPreview::bytes).sum();
    long working =
        steps.stream()
            .filter(step -> step.kind() == StepKind.FINETUNE && step.bytes() != null)
            .mapToLong(step -> 2 * step.bytes())
            .max()
            .orElse(0);
    return kept + working;
  }

  /** Bytes that a fine-tuned model and its checkpoints take when the training is over. */
  static long kept(FinetuneSpec recipe, long values) {
    return values * FLOAT32 * (1 + checkpoints(recipe));
  }

  private static long checkpoints(FinetuneSpec recipe) {
    long steps = Math.max(number(recipe, "max_steps"), number(recipe, "max_train_steps"));
    long every = Math.max(number(recipe, "save_steps"), number(recipe, "checkpointing_steps"));
    return steps > 0 && every > 0 ? (steps - 1) / every : 0;
  }

  private static long number(FinetuneSpec recipe, String flag) {
    String value =
        recipe.arguments().getOrDefault(flag, recipe.arguments().get(flag.replace('_', '-')));
    try {
      return value == null ? 0 : Long.parseLong(value);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
