package dev.recycler.cli.rehearsal;

import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A series with a bit of everything that a status shows. */
final class SmallSeries {
  static final String NAME = "rehearsal";
  static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

  private static final String TRAINED = "M1.plain.finetune";
  private static final String TRAINS = "M2.plain.finetune";
  private static final String SCORED = "M1.plain.finetuned.evaluate.score";

  private SmallSeries() {}

  static SeriesProgress progress() {
    return new SeriesProgress(
        spec(),
        SeriesState.RUNNING,
        null,
        List.of(
            step("M1.fetch", StepKind.FETCH, StepState.DONE),
            step("M2.fetch", StepKind.FETCH, StepState.DONE),
            step(TRAINED, StepKind.FINETUNE, StepState.DONE, "M1.fetch"),
            step(SCORED, StepKind.EVALUATE, StepState.DONE, TRAINED),
            step(TRAINS, StepKind.FINETUNE, StepState.RUNNING, "M2.fetch"),
            step("M2.direct.merge", StepKind.MERGE, StepState.WAITING, TRAINED)),
        List.of(
            row("M1", TRAINED, new ModelRow.ScoreStep("score", "finetuned", 0, SCORED)),
            row("M2", TRAINS)));
  }

  private static ModelRow row(String release, String finetune, ModelRow.ScoreStep... scores) {
    return new ModelRow(
        Strategy.PLAIN,
        release,
        release + ".fetch",
        null,
        finetune,
        List.of(finetune),
        List.of(scores));
  }

  private static StepProgress step(String id, StepKind kind, StepState state, String... needs) {
    boolean done = state == StepState.DONE;
    String path = done ? "/store/" + id : null;
    return new StepProgress(
        id,
        kind,
        state,
        List.of(needs),
        state == StepState.WAITING ? null : STARTED,
        done ? STARTED.plusSeconds(60) : null,
        path,
        false,
        null,
        null,
        done && kind == StepKind.FINETUNE
            ? new Steps.Finetuned(new Artifact(path, "0", "1", false), List.of(), 100, 60, 1)
            : null,
        done && kind == StepKind.EVALUATE
            ? new Steps.Score(
                "score", "score", "acc", 0.5, (Double) 0.1, 25, "tool", "1", path + "/r", false)
            : null);
  }

  static Heartbeat heartbeat() {
    return new Heartbeat(
        TRAINS,
        "training",
        40,
        100,
        "optimizer steps",
        (Double) 1.5,
        (Double) 5e-6,
        (Double) 7.5,
        (Double) 8.0,
        1,
        "host",
        "/store/work/log",
        STARTED.toString());
  }

  private static SeriesSpec spec() {
    return new SeriesSpec(
        NAME,
        "/store",
        List.of(new Release("M1", "/models/m1"), new Release("M2", "/models/m2")),
        List.of(Strategy.DIRECT, Strategy.PLAIN),
        new FinetuneSpec(
            "trl", null, "/data", new LinkedHashMap<>(Map.of("max_steps", "100")), Map.of()),
        MergeSpec.DEFAULT,
        List.of(
            new EvaluationSpec(
                "score",
                "lm-eval",
                null,
                "score",
                "acc",
                List.of(),
                List.of(),
                Set.of(Subject.FINETUNED),
                Map.of(),
                Map.of())));
  }
}
