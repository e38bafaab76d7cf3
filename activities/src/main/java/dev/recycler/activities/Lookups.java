package dev.recycler.activities;

import dev.recycler.activities.evaluation.EvaluateStep;
import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ContentDigests;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.training.FinetuneStep;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What each step would look for in the store, without doing the step. */
public final class Lookups {
  private final ToolHome tools;

  /**
   * Lookups for steps that this machine's tools would do.
   *
   * @param tools where this machine's tools are
   */
  public Lookups(ToolHome tools) {
    this.tools = tools;
  }

  /**
   * What a step's result is found by.
   *
   * @param parameters what the fingerprint was taken of
   */
  public record Key(Fingerprint fingerprint, Map<String, Object> parameters) {
    private static Key of(String operation, Map<String, Object> parameters) {
      return new Key(Fingerprint.of(operation, parameters), parameters);
    }
  }

  /**
   * The content of a series' data and the versions of its tools, as they are on this machine now.
   *
   * @throws dev.recycler.activities.step.StepFailed where data or a tool is missing
   */
  public Pins pins(SeriesSpec spec, ContentDigests digests)
      throws IOException, InterruptedException {
    return new PrepareStep(tools).pins(spec, digests);
  }

  public Key merge(MergeInput input) {
    return Key.of("merge", MergeStep.parameters(input));
  }

  /** The merge that a step would run, into a folder. */
  public MergeRequest request(MergeInput input, Path out) {
    return MergeStep.request(input, out);
  }

  public Key finetune(FinetuneInput input) {
    return Key.of("finetune", FinetuneStep.parameters(input, tools));
  }

  /** The checkpoint that was taken for the model, where a training may be stopped. */
  public Key stopped(FinetuneInput input) {
    return Key.of("finetune", FinetuneStep.ofStopped(input, tools));
  }

  public Key evaluate(EvaluateInput input) {
    return Key.of("evaluate", EvaluateStep.parameters(input));
  }
}
