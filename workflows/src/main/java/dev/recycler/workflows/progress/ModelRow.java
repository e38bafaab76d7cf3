package dev.recycler.workflows.progress;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.spec.Strategy;
import java.util.List;

/**
 * What one strategy does at one release, or one transfer; two rows may name the same steps.
 *
 * @param strategy the strategy, or null for the base itself and for transfers
 * @param release name of the release, or of another model
 * @param mergeStep id of the step that makes the merged model, or null where there is none
 * @param finetuneStep id of the step that makes the fine-tuned model, or null for the base
 * @param fetchStep id of the step that fetches the release
 * @param finetuneChain ids of all the fine-tuning steps this model has been through, oldest first,
 *     its own last; their steps added up are its cumulative fine-tuning steps
 * @param scores the evaluation steps of these models
 * @param transfer which transfer it is, else null
 * @param line which point of a line between releases it is, else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelRow(
    Strategy strategy,
    String release,
    String fetchStep,
    String mergeStep,
    String finetuneStep,
    List<String> finetuneChain,
    List<ScoreStep> scores,
    Transfer transfer,
    Line line) {
  public ModelRow {
    finetuneChain = List.copyOf(finetuneChain);
    scores = List.copyOf(scores);
  }

  /** A transfer. */
  public ModelRow(
      Strategy strategy,
      String release,
      String fetchStep,
      String mergeStep,
      String finetuneStep,
      List<String> finetuneChain,
      List<ScoreStep> scores,
      Transfer transfer) {
    this(
        strategy,
        release,
        fetchStep,
        mergeStep,
        finetuneStep,
        finetuneChain,
        scores,
        transfer,
        null);
  }

  /** A row of a strategy or of a published model. */
  public ModelRow(
      Strategy strategy,
      String release,
      String fetchStep,
      String mergeStep,
      String finetuneStep,
      List<String> finetuneChain,
      List<ScoreStep> scores) {
    this(strategy, release, fetchStep, mergeStep, finetuneStep, finetuneChain, scores, null, null);
  }

  /**
   * A diff vector added to a model.
   *
   * @param name name of the transfer
   * @param source the fine-tuned side, e.g. {@code FT(M1)} or {@code Llama-3.0-Instruct}
   * @param scale λ, or null where it is chosen by score
   */
  public record Transfer(String name, String source, Double scale) {}

  /**
   * A point of the straight line between two releases.
   *
   * @param from the release where it begins
   * @param at α, 0 there and 1 at the row's own release
   */
  public record Line(String from, double at) {}

  /**
   * An evaluation of one of a row's models.
   *
   * @param evaluation name in the series file
   * @param subject {@code base}, {@code merged}, {@code finetuned} or {@code checkpoint}
   * @param checkpoint optimizer steps of this fine-tuning at the checkpoint, else 0
   * @param step id of the evaluation step
   */
  public record ScoreStep(String evaluation, String subject, long checkpoint, String step) {}
}
