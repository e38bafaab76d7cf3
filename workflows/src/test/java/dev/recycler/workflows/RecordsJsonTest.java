package dev.recycler.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Notices;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.activity.Watches;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.ConnectivitySpec;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.KeepSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.NotifySpec;
import dev.recycler.workflows.spec.PublishSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import dev.recycler.workflows.spec.WatchSpec;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that crosses to the server comes back as it was, in the same bytes each time. */
class RecordsJsonTest {
  private static final Artifact MODEL = new Artifact("/store/m", "d1", "f1", true);
  private static final Artifact RELEASE = new Artifact("/models/m1", "d0", null, false);
  private static final Pins PINS =
      new Pins(Map.of("/data/train", "d", "/tasks", "e"), Map.of("trl@", "trl 1", "lm-eval@", "2"));
  private static final StepContext CONTEXT = new StepContext("toy", "M1.plain.finetune", "/store");
  private static final Steps.Finetuned FINETUNED =
      new Steps.Finetuned(MODEL, List.of(new Steps.Checkpoint(50, RELEASE)), 100, 1.25, 2);
  private static final Steps.Score SCORE =
      new Steps.Score("gsm8k", "gsm8k", "em,none", 0.1, null, 200, "h 1", null, "/r.json", true);
  private static final EvaluationSpec EVALUATION =
      SpecFixtures.evaluation("gsm8k", Subject.CHECKPOINTS, Subject.BASE, Subject.MERGED);
  private static final SeriesSpec SPEC =
      SpecFixtures.series(2, List.of(Strategy.ITERATIVE, Strategy.PLAIN), EVALUATION);
  private static final Steps.StopRule STOP =
      new Steps.StopRule(new Condition("gsm8k", ">=", 0.75, 1), EVALUATION);
  private static final Instant TIME = Instant.ofEpochMilli(1_790_000_000_123L);
  private static final EndedStep.Failure FAILURE = new EndedStep.Failure("it broke", null);
  private static final StepProgress STEP =
      new StepProgress(
          "M1.plain.finetune",
          StepKind.FINETUNE,
          StepState.DONE,
          List.of("M1.fetch"),
          TIME,
          null,
          "/store/m",
          true,
          null,
          null,
          FINETUNED,
          SCORE);
  private static final ModelRow ROW =
      new ModelRow(
          null,
          "M1",
          "M1.fetch",
          null,
          null,
          List.of("a", "b"),
          List.of(new ModelRow.ScoreStep("gsm8k", "base", 0, "M1.base.evaluate.gsm8k")));

  static List<Record> records() {
    return List.of(
        MODEL,
        RELEASE,
        PINS,
        CONTEXT,
        new Steps.FetchInput(CONTEXT, "/models/m1"),
        new Steps.MergeInput(
            CONTEXT, MODEL, MODEL, RELEASE, new MergeSpec(-0.5, "stored", "float32")),
        new Steps.FinetuneInput(CONTEXT, MODEL, SPEC.finetune(), PINS),
        new Steps.EvaluateInput(CONTEXT, MODEL, EVALUATION, PINS),
        FINETUNED,
        SCORE,
        new Heartbeat(
            "s", "training", 5, 10, "steps", 0.5, 1e-3, null, 12.5, 2, "host", "/log", "2026"),
        new Heartbeat(
            "s",
            "training",
            5,
            10,
            "steps",
            0.5,
            1e-3,
            null,
            12.5,
            2,
            "host",
            "/log",
            "2026",
            List.of(new Heartbeat.GpuUse("0", 1L << 30, 80L << 30, 97)),
            "https://wandb.ai/t/p/runs/r",
            4L),
        SPEC,
        SeriesInput.of(SPEC),
        new SeriesInput(
            SPEC,
            List.of(
                new EndedStep(
                    "prepare", TIME, TIME, PINS, null, null, null, null, null, null, false, null),
                new EndedStep(
                    "f", TIME, TIME, null, MODEL, null, null, null, "λ 1", null, false, null),
                new EndedStep(
                    "t", TIME, TIME, null, null, FINETUNED, null, null, null, null, false, null),
                new EndedStep(
                    "x", TIME, TIME, null, null, null, SCORE, null, null, null, false, null),
                new EndedStep(
                    "g", TIME, TIME, null, null, null, null, false, "why", null, false, null),
                new EndedStep(
                    "y", null, TIME, null, null, null, null, null, null, FAILURE, false, null),
                new EndedStep(
                    "z", null, null, null, null, null, null, null, null, null, true, null),
                new EndedStep(
                    "zz", null, null, null, null, null, null, null, null, null, true, "z")),
            true,
            100,
            List.of("failed y"),
            5,
            List.of(new SeenCheckpoints("t", List.of(new Steps.Checkpoint(50, MODEL))))),
        SPEC.watching(new WatchSpec("org/tiny", "stage2-*", 60))
            .publishing(
                new PublishSpec(
                    "/out/{release}",
                    List.of(Strategy.PLAIN),
                    "bfloat16",
                    null,
                    List.of("org/data"),
                    true))
            .keeping(new KeepSpec(2))
            .connecting(new ConnectivitySpec(List.of(0.5), List.of("gsm8k"))),
        new Steps.FinetuneInput(CONTEXT, MODEL, SPEC.finetune(), PINS, List.of(STOP)),
        new Steps.CheckpointInput(
            new Steps.FinetuneInput(CONTEXT, MODEL, SPEC.finetune(), PINS, List.of(STOP)), 50),
        new Steps.CheckpointInput(
            new Steps.FinetuneInput(CONTEXT, MODEL, SPEC.finetune(), PINS, List.of(STOP)),
            50,
            true),
        new Steps.KeepInput(
            new Steps.FinetuneInput(CONTEXT, MODEL, SPEC.finetune(), PINS, List.of(STOP)),
            new Steps.Checkpoint(50, MODEL)),
        new Steps.StopInput(
            new Steps.FinetuneInput(CONTEXT, MODEL, SPEC.finetune(), PINS),
            new Steps.Checkpoint(50, MODEL),
            "good"),
        new Steps.Finetuned(MODEL, List.of(), 50, 1.25, 2, "good"),
        new Steps.MergeInput(CONTEXT, MODEL, MODEL, RELEASE, MergeSpec.DEFAULT, true),
        new Watches.LookInput(
            "toy", "/store", new WatchSpec("org/tiny", "stage2-*", 60), List.of("M1"), null),
        new Watches.LookInput(
            "toy",
            "/store",
            new WatchSpec("org/tiny", "stage2-*", 60),
            List.of("M1"),
            new Watches.Seen(List.of(), 3, "no such repository")),
        new Watches.Seen(List.of(new Watches.Revision("a", "b", null)), 3, null),
        SPEC.notifying(
            new NotifySpec(
                null, "HOOK", NotifySpec.Format.SLACK, List.of(NotifySpec.News.values())),
            new NotifySpec(
                "https://example.org/hook",
                null,
                NotifySpec.Format.JSON,
                List.of(NotifySpec.News.FAILED))),
        new Notices.NoticeInput(
            new NotifySpec("http://h", null, NotifySpec.Format.JSON, List.of()),
            new Notices.Notice("toy", NotifySpec.News.FINISHED, "done", List.of("a"), null)),
        STEP,
        ROW,
        new SeriesProgress(SPEC, SeriesState.FAILED, "do this", List.of(STEP), List.of(ROW)));
  }

  @ParameterizedTest
  @MethodSource("records")
  void comeBackAsTheyWere(Record record) {
    DefaultDataConverter converter = DefaultDataConverter.newDefaultInstance();
    Payload payload = converter.toPayload(record).orElseThrow();
    Object back = converter.fromPayload(payload, record.getClass(), record.getClass());
    assertThat(back).isEqualTo(record);
    assertThat(converter.toPayload(back).orElseThrow()).isEqualTo(payload);
  }
}
