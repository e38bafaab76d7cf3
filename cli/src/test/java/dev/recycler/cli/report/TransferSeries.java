package dev.recycler.cli.report;

import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.plan.Rows;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.ConnectivitySpec;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.Matrix;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import dev.recycler.workflows.spec.TransferSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The paper's Table 3 as a series that never ran, by the real plan of such a file. */
final class TransferSeries {
  /** GSM8K of the bases, of plain fine-tuning, and of {@code M_i + Δ_j}, a line a Δ. */
  private static final double[] BASE = {13.2, 19.4, 24.4, 64.5, 65.5};

  private static final double[] PLAIN = {45.1, 50.7, 60.4, 75.7, 75.5};
  private static final double[][] MATRIX = {
    {0, 26.6, 32.0, 27.5, 19.6},
    {19.0, 0, 39.8, 25.9, 17.3},
    {14.3, 25.0, 0, 68.6, 70.3},
    {11.8, 18.0, 22.6, 0, 77.1},
    {11.9, 16.0, 24.0, 72.9, 0},
  };

  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private static final int EXAMPLES = 1319;

  private TransferSeries() {}

  /** All transfers between five releases. */
  static SeriesSpec matrix(Matrix matrix) {
    return spec("matrix", List.of("M1", "M2", "M3", "M4", "M5"), List.of(Strategy.PLAIN))
        .with(List.of(), List.of(), matrix);
  }

  /** A public instruct model's Δ on two releases, one of them with two λ. */
  static SeriesSpec single() {
    return spec("backport", List.of("M1", "M2"), List.of())
        .with(
            List.of(new Release("Instruct", "/models/instruct")),
            List.of(
                new TransferSpec("M1.instruct", "Instruct", false, "M2", "M1", List.of(), false),
                new TransferSpec(
                    "M2.half", "Instruct", false, "M1", "M2", List.of(0.5, 1.0), false)),
            null);
  }

  /** Three releases with a gap before the second, and what is on the lines between them. */
  static SeriesSpec lines() {
    return spec("lines", List.of("M3", "M4", "M5"), List.of(Strategy.DIRECT, Strategy.PLAIN))
        .connecting(new ConnectivitySpec(List.of(0.25, 0.5, 0.75), List.of("gsm8k")));
  }

  /** The progress of a series in which these steps have not been done, or have failed. */
  static SeriesProgress progress(SeriesSpec spec, Map<String, StepState> others) {
    Plan plan = Plan.of(spec);
    Map<String, StepState> states = new LinkedHashMap<>();
    List<StepProgress> steps = new ArrayList<>();
    for (PlannedStep step : plan.steps()) {
      StepState state = others.getOrDefault(step.id(), StepState.DONE);
      if (step.needs().stream().anyMatch(need -> states.get(need) != StepState.DONE)) {
        state = StepState.WAITING;
      }
      states.put(step.id(), state);
      steps.add(step(step, state));
    }
    boolean over = steps.stream().allMatch(step -> step.state() == StepState.DONE);
    return new SeriesProgress(
        spec,
        over ? SeriesState.FINISHED : SeriesState.RUNNING,
        null,
        steps,
        Rows.of(spec, plan, model -> List.of()));
  }

  private static StepProgress step(PlannedStep step, StepState state) {
    boolean done = state == StepState.DONE;
    String path = done ? "/data/recycler/" + step.id() : null;
    return new StepProgress(
        step.id(),
        step.kind(),
        state,
        step.needs(),
        state == StepState.WAITING ? null : START,
        done ? START.plusSeconds(60) : null,
        path,
        false,
        state == StepState.FAILED ? "no space left on the device" : null,
        state == StepState.FAILED ? "MACHINE" : null,
        done && step instanceof PlannedStep.Finetune
            ? new Steps.Finetuned(
                new Artifact(path, "0".repeat(64), "1".repeat(64), false), List.of(), 100, 50, 1)
            : null,
        done && step instanceof PlannedStep.Evaluate evaluate ? score(evaluate, path) : null);
  }

  private static Steps.Score score(PlannedStep.Evaluate step, String path) {
    double value = value(step.id()) / 100;
    return new Steps.Score(
        "gsm8k",
        "gsm8k",
        "exact_match",
        value,
        Math.sqrt(value * (1 - value) / EXAMPLES),
        EXAMPLES,
        "olmes 0.1",
        "1",
        path + "/results.json",
        false);
  }

  private static double value(String step) {
    if (!step.startsWith("M")) {
      return 81.1;
    }
    int target = step.charAt(1) - '1';
    int line = step.indexOf(".line-from-M");
    if (line >= 0) {
      double at = Double.parseDouble(step.substring(line + 15, step.indexOf(".merged")));
      double straight = (1 - at) * BASE[target - 1] + at * BASE[target];
      return target == 3 ? straight - 60 * at * (1 - at) : straight + 1;
    }
    if (step.contains(".direct.merged.")) {
      return MATRIX[target - 1][target];
    }
    int from = step.indexOf(".from-M");
    double merged = from < 0 ? 0 : MATRIX[step.charAt(from + 7) - '1'][target];
    if (step.contains(".base.")) {
      return BASE[target];
    } else if (step.contains(".plain.")) {
      return PLAIN[target];
    } else if (from >= 0) {
      return step.contains(".finetuned.") ? 0.5 * merged + 0.5 * PLAIN[target] + 4 : merged;
    }
    return step.contains("x0.5") ? 40 : 60;
  }

  private static SeriesSpec spec(String name, List<String> releases, List<Strategy> strategies) {
    return new SeriesSpec(
        name,
        "/data/recycler",
        releases.stream().map(release -> new Release(release, "/models/" + release)).toList(),
        strategies,
        strategies.isEmpty()
            ? null
            : new FinetuneSpec("trl", null, "/data/train", Map.of("max_steps", "100"), Map.of()),
        MergeSpec.DEFAULT,
        List.of(
            new EvaluationSpec(
                "gsm8k",
                "olmes",
                null,
                "gsm8k",
                "exact_match",
                List.of(),
                List.of(),
                Set.of(Subject.BASE, Subject.MERGED, Subject.FINETUNED),
                Map.of(),
                Map.of())));
  }
}
