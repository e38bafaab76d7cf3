package dev.recycler.activities.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.activities.Lookups;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a series would do if it were started now.
 *
 * @param series its name
 * @param store absolute path of the store
 * @param steps every step, each after those that it needs; of checkpoints' scores those whose
 *     fine-tunings are there
 * @param findings what to know before, errors first
 * @param diskBytes what the store takes more at the peak, about, of steps of which it is known
 * @param freeBytes what is free there
 * @param gpuHours devices times hours of the steps to be done for which like steps are known, or
 *     null where there is none
 * @param unknownCost how many fine-tunings and evaluations to be done have no like step
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SeriesPreview(
    String series,
    String store,
    List<StepPreview> steps,
    List<Finding> findings,
    long diskBytes,
    long freeBytes,
    Double gpuHours,
    long unknownCost) {
  public SeriesPreview {
    steps = List.copyOf(steps);
    findings = List.copyOf(findings);
  }

  /**
   * Looks at everything: reads the models' headers, digests what it has to, asks tools for their
   * versions.
   *
   * @param tools this machine's tools, or nothing where they are not installed
   * @param tick called after each block that is digested
   */
  public static SeriesPreview of(SeriesSpec spec, Optional<ToolHome> tools, Runnable tick)
      throws IOException, InterruptedException {
    return new Previewer(spec, tools, tick).preview();
  }

  /** What is wrong with the models, told by their headers and small files alone; errors only. */
  public static List<Finding> errors(SeriesSpec spec) throws IOException {
    return Preflight.of(spec, Plan.of(spec), new Lookups(null)).findings().stream()
        .filter(Finding::error)
        .toList();
  }

  /** How many steps are in a state. */
  public long count(StepPreview.State state) {
    return steps.stream().filter(step -> step.state() == state).count();
  }
}
