package dev.recycler.cli.report;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A series in which every kind of step has failed, each for a reason of its own. */
public final class FailureSeries {
  private static final String LOG = "; log: /data/recycler/logs/mini/";

  /** What failed and why, as the tools' failures are worded. */
  private static final Map<String, String> FAILURES = new LinkedHashMap<>();

  static {
    FAILURES.put(
        "M4.fetch",
        "hf://org/base@step400: the hub answered 503 five times; it is asked again on the next try");
    FAILURES.put(
        "M1.base.evaluate.sums",
        "lm-eval ended with exit code 0 and left no results file"
            + LOG
            + "M1.base.evaluate.sums/1");
    FAILURES.put(
        "M2.direct.merge",
        "tensor model.embed_tokens.weight has 640 rows in M1.plain.finetune and 512 in M2; \"embeddings:"
            + " pad\" pads it");
    FAILURES.put(
        "M3.plain.finetune",
        "trl ended with exit code 1: out of GPU memory — torch.OutOfMemoryError: CUDA out of memory."
            + " Tried to allocate 2.00 GiB"
            + LOG
            + "M3.plain.finetune/attempt-3.log");
    FAILURES.put(
        "M5.plain.finetune",
        "the loss is NaN since step 40 of 100; the last whole checkpoint is 20"
            + LOG
            + "M5.plain.finetune/attempt-1.log");
  }

  private static final Map<String, String> KINDS =
      Map.of("M4.fetch", "MACHINE", "M2.direct.merge", "USER", "M3.plain.finetune", "MACHINE");

  private FailureSeries() {}

  /** Nothing runs any more, one step was skipped, the series waits for a person. */
  public static SeriesProgress everyKind() {
    SyntheticSeries series = SyntheticSeries.five();
    FAILURES.forEach(series::failing);
    SeriesProgress progress = series.progress(SyntheticSeries.END);
    List<StepProgress> steps = progress.steps().stream().map(FailureSeries::asItWas).toList();
    return new SeriesProgress(
        progress.spec(),
        progress.state(),
        "M4.fetch failed (and 4 more): "
            + FAILURES.get("M4.fetch")
            + "; see to the cause, then `recycler resume mini`",
        steps,
        progress.models());
  }

  private static StepProgress asItWas(StepProgress step) {
    boolean skipped = step.id().equals("M3.base.evaluate.sums");
    return new StepProgress(
        step.id(),
        step.kind(),
        skipped ? StepState.CANCELLED : step.state(),
        step.needs(),
        step.started(),
        step.finished(),
        skipped ? null : step.path(),
        step.reused(),
        step.failure(),
        step.failure() == null ? null : KINDS.getOrDefault(step.id(), "TOOL"),
        step.finetuned(),
        skipped ? null : step.score(),
        step.note());
  }
}
