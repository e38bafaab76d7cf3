package dev.recycler.workflows;

import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.DIRECT;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SeriesWorkflowTest {
  private static final SeriesSpec FIVE =
      series(
          5,
          List.of(ITERATIVE, DIRECT, PLAIN),
          evaluation("gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED, Subject.CHECKPOINTS),
          evaluation("arc", Subject.FINETUNED));

  @Test
  void makesEveryModelOfTheThreeStrategiesOnce() {
    StubSteps steps = new StubSteps(50L);
    try (SeriesHarness series = new SeriesHarness(FIVE, steps)) {
      series.result();
      assertThat(steps.started).doesNotHaveDuplicates();
      assertThat(steps.count(".fetch")).isEqualTo(5);
      assertThat(steps.count(".merge")).isEqualTo(4 + 3);
      assertThat(steps.count(".finetune")).isEqualTo(12);
      assertThat(steps.count(".merged.evaluate.gsm8k")).isEqualTo(7);
      assertThat(steps.count(".base.evaluate.gsm8k")).isEqualTo(5);
      assertThat(steps.count(".finetuned.evaluate.gsm8k")).isEqualTo(12);
      assertThat(steps.count(".checkpoint-50.evaluate.gsm8k")).isEqualTo(12);
      assertThat(steps.count(".evaluate.arc")).isEqualTo(12);
      assertThat(steps.started).hasSize(1 + 5 + 7 + 12 + 7 + 5 + 12 + 12 + 12);
      assertThat(steps.started.getFirst()).isEqualTo("prepare");
    }
  }

  @Test
  void handsTheDigestsOfAlgorithm1ToTheSteps() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(series(3, List.of(ITERATIVE)), steps)) {
      SeriesProgress progress = series.result();
      String m1 = "digest of /models/m1";
      String m2 = "digest of /models/m2";
      String m3 = "digest of /models/m3";
      String second = "FT(%s + FT%s - %s)".formatted(m2, m1, m1);
      assertThat(SeriesHarness.step(progress, "M3.iterative.finetune").finetuned().model().digest())
          .isEqualTo("FT(%s + %s - %s)".formatted(m3, second, m2));
    }
  }

  @Test
  void tellsWhatEveryStepGaveOnceItIsOver() {
    try (SeriesHarness series = new SeriesHarness(FIVE, new StubSteps(50L))) {
      SeriesProgress result = series.result();
      SeriesProgress asked = series.workflow().progress();
      assertThat(asked).isEqualTo(result);
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(result.message()).isNull();
      assertThat(result.steps())
          .allSatisfy(step -> assertThat(step.state()).isEqualTo(StepState.DONE))
          .allSatisfy(step -> assertThat(step.started()).isNotNull())
          .allSatisfy(step -> assertThat(step.finished()).isNotNull());
      assertThat(SeriesHarness.step(result, "M5.iterative.checkpoint-50.evaluate.gsm8k").score())
          .isNotNull();
    }
  }

  @Test
  void listsEachStepAfterWhatItNeeds() {
    try (SeriesHarness series = new SeriesHarness(FIVE, new StubSteps(50L))) {
      List<StepProgress> steps = series.result().steps();
      List<String> ids = steps.stream().map(StepProgress::id).toList();
      for (StepProgress step : steps) {
        assertThat(ids.subList(0, ids.indexOf(step.id()))).containsAll(step.needs());
      }
    }
  }

  @Test
  void rowsNameTheStepsOfEachModelAndItsFinetunings() {
    try (SeriesHarness series = new SeriesHarness(FIVE, new StubSteps(50L))) {
      List<ModelRow> rows = series.result().models();
      assertThat(rows).hasSize(5 * 4);
      assertThat(rows)
          .contains(
              new ModelRow(
                  DIRECT,
                  "M3",
                  "M3.fetch",
                  "M3.direct.merge",
                  "M3.direct.finetune",
                  List.of("M2.plain.finetune", "M3.direct.finetune"),
                  List.of(
                      new ModelRow.ScoreStep(
                          "gsm8k", "merged", 0, "M3.direct.merged.evaluate.gsm8k"),
                      new ModelRow.ScoreStep(
                          "gsm8k", "checkpoint", 50, "M3.direct.checkpoint-50.evaluate.gsm8k"),
                      new ModelRow.ScoreStep(
                          "gsm8k", "finetuned", 0, "M3.direct.finetuned.evaluate.gsm8k"),
                      new ModelRow.ScoreStep(
                          "arc", "finetuned", 0, "M3.direct.finetuned.evaluate.arc"))));
      assertThat(rows)
          .filteredOn(row -> row.strategy() == ITERATIVE && row.release().equals("M4"))
          .singleElement()
          .satisfies(
              row ->
                  assertThat(row.finetuneChain())
                      .containsExactly(
                          "M1.plain.finetune",
                          "M2.direct.finetune",
                          "M3.iterative.finetune",
                          "M4.iterative.finetune"));
    }
  }

  @Test
  void startsEachStepOnceAlsoWhereManyWaitForTheirTurn() {
    int many = 3 * StepOptions.atOnce(StepKind.EVALUATE);
    StubSteps steps = new StubSteps(LongStream.rangeClosed(1, many).boxed().toArray(Long[]::new));
    SeriesSpec spec = series(1, List.of(PLAIN), evaluation("gsm8k", Subject.CHECKPOINTS));
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      series.result();
      assertThat(steps.started).doesNotHaveDuplicates().hasSize(3 + many);
    }
  }

  @Test
  void anEvaluationDelaysNoFinetuning() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.iterative.finetuned.evaluate.gsm8k");
    SeriesSpec spec = series(3, List.of(ITERATIVE), evaluation("gsm8k", Subject.FINETUNED));
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      SeriesProgress progress =
          series.until(
              p -> SeriesHarness.step(p, "M3.iterative.finetune").state() == StepState.DONE);
      assertThat(SeriesHarness.step(progress, "M1.iterative.finetuned.evaluate.gsm8k").state())
          .isEqualTo(StepState.RUNNING);
      gate.open().countDown();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
    }
  }
}
