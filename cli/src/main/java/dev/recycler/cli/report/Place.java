package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.progress.StepState;
import java.util.List;

/**
 * A model of the series and where it lies.
 *
 * @param model the kind of model, or null where it is the result of a single transfer or of the
 *     matrix
 * @param release the release, or the other model, that something was added to
 * @param label e.g. {@code FT(M5 + Δiter)}
 * @param alsoKnownAs what other strategies call the same model
 * @param step id of the step that makes it
 * @param state of that step
 * @param path its folder, or null while it is not made
 * @param cumulativeSteps all the fine-tuning steps it has been through, or null while not known
 * @param reused true where it was in the store already
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Place(
    ModelKind model,
    String release,
    String label,
    List<String> alsoKnownAs,
    String step,
    StepState state,
    String path,
    Long cumulativeSteps,
    boolean reused) {
  public Place {
    alsoKnownAs = List.copyOf(alsoKnownAs);
  }
}
