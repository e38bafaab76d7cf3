package dev.recycler.workflows.progress;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.activity.Steps;
import java.time.Instant;
import java.util.List;

/**
 * One step at one moment.
 *
 * @param id e.g. {@code M3.iterative.finetune}
 * @param needs ids of the steps it waits for
 * @param started when it was given to a worker, the last time that it was tried, or null
 * @param finished when it ended, or null
 * @param path where its result lies, or null
 * @param reused true where the result was in the store already
 * @param failure one sentence, or null
 * @param failureKind a {@link dev.recycler.workflows.activity.FailureKind}'s name, or null
 * @param finetuned result of a fine-tuning, or null
 * @param score result of an evaluation, or null
 * @param note what a person may want to know of it, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepProgress(
    String id,
    StepKind kind,
    StepState state,
    List<String> needs,
    Instant started,
    Instant finished,
    String path,
    boolean reused,
    String failure,
    String failureKind,
    Steps.Finetuned finetuned,
    Steps.Score score,
    String note) {
  public StepProgress {
    needs = List.copyOf(needs);
  }

  /** A step of which there is nothing to say. */
  public StepProgress(
      String id,
      StepKind kind,
      StepState state,
      List<String> needs,
      Instant started,
      Instant finished,
      String path,
      boolean reused,
      String failure,
      String failureKind,
      Steps.Finetuned finetuned,
      Steps.Score score) {
    this(
        id,
        kind,
        state,
        needs,
        started,
        finished,
        path,
        reused,
        failure,
        failureKind,
        finetuned,
        score,
        null);
  }
}
