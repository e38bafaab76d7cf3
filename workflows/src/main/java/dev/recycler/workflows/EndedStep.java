package dev.recycler.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps;
import java.time.Instant;
import java.util.Objects;

/**
 * A step that ended, as one run of the workflow hands it to the next: with exactly one result, a
 * failure, or skipped.
 *
 * @param step the step's id
 * @param pins result of {@link Steps#prepare}, else null
 * @param artifact result of {@link Steps#fetch} and {@link Steps#merge}, else null
 * @param finetuned result of {@link Steps#finetune}, else null
 * @param score result of {@link Steps#evaluate}, else null
 * @param goes what a gate decided, whether the fine-tuning behind it is done, else null
 * @param note what a person may want to know of it, or null
 * @param failure why it failed for good, else null
 * @param skipped whether a person gave it up
 * @param skippedWith id of the step by whose name it was given up, or null where by its own
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record EndedStep(
    String step,
    Instant started,
    Instant finished,
    Pins pins,
    Artifact artifact,
    Steps.Finetuned finetuned,
    Steps.Score score,
    @JsonInclude(JsonInclude.Include.NON_NULL) Boolean goes,
    String note,
    Failure failure,
    boolean skipped,
    String skippedWith) {
  public EndedStep {
    Objects.requireNonNull(step, "step");
  }

  /**
   * Why a step failed for good.
   *
   * @param sentence what happened, for a person
   * @param kind a {@link dev.recycler.workflows.activity.FailureKind}'s name, or null where the
   *     worker itself broke
   */
  public record Failure(String sentence, String kind) {
    public Failure {
      Objects.requireNonNull(sentence, "sentence");
    }
  }
}
