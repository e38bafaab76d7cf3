package dev.recycler.workflows.plan;

import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Subject;

/**
 * One evaluation of one model or checkpoint.
 *
 * @param name the model's name, e.g. {@code M3.iterative} or {@code M3.base}
 * @param subject what of the model is scored
 * @param checkpoint optimizer steps of a checkpoint, else 0
 * @param model the model, or the one whose fine-tuning saved the checkpoint
 * @param evaluation how it is scored
 */
public record Scoring(
    String name, Subject subject, long checkpoint, Model model, EvaluationSpec evaluation) {

  /** The step's id, e.g. {@code M3.direct.merged.evaluate.gsm8k}. */
  public String step() {
    return name + part() + ".evaluate." + evaluation.name();
  }

  /** The subject as progress reports call it; one checkpoint is a {@code checkpoint}. */
  public String label() {
    return switch (subject) {
      case BASE -> "base";
      case MERGED -> "merged";
      case FINETUNED -> "finetuned";
      case CHECKPOINTS -> "checkpoint";
    };
  }

  private String part() {
    return switch (subject) {
      case BASE -> "";
      case MERGED, FINETUNED -> "." + label();
      case CHECKPOINTS -> ".checkpoint-" + checkpoint;
    };
  }
}
