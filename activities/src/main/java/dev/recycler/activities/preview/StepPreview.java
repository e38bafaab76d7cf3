package dev.recycler.activities.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.progress.StepKind;
import java.util.List;

/**
 * One step, as it would be met by a worker now.
 *
 * @param id e.g. {@code M3.iterative.finetune}
 * @param needs ids of the steps it waits for
 * @param reasons why it is to be done, each a few words; empty where it is not
 * @param begun whether an attempt left something to go on from
 * @param path where the result lies, where it is there
 * @param bytes what the result will take in the store, about, where it is to be made and known
 * @param gpuSeconds devices times seconds that it will take, about, or null where it is not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepPreview(
    String id,
    StepKind kind,
    List<String> needs,
    State state,
    List<String> reasons,
    boolean begun,
    String path,
    Long bytes,
    Double gpuSeconds) {
  /** Whether a step is to be done. */
  public enum State {
    /** The store has its result, or a release's folder is there. */
    THERE,
    /** To be done. */
    TO_DO,
    /** It can't be told before something that is missing on this machine is there. */
    UNKNOWN
  }

  public StepPreview {
    needs = List.copyOf(needs);
    reasons = List.copyOf(reasons);
  }
}
