package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.GateSpec;
import dev.recycler.workflows.spec.ScaleChoice;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowUpdateException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Decisions between a merged model's scores and its fine-tuning. */
@Timeout(120)
class GatesTest {
  private static final String MERGED = ".iterative.merged.evaluate.gsm8k";
  private static final SeriesSpec THREE =
      series(3, List.of(ITERATIVE), evaluation("gsm8k", Subject.FINETUNED));
  private static final GateSpec GOOD_ENOUGH =
      new GateSpec(new Condition("gsm8k", ">=", 0.75, 1), GateSpec.Then.SKIP_FINETUNE);
  private static final GateSpec ASK =
      new GateSpec(new Condition("gsm8k", "<", 0.4, 1), GateSpec.Then.APPROVE);

  @Test
  void aMergedModelThatIsGoodEnoughIsTakenForTheFineTunedOne() {
    StubSteps steps = new StubSteps();
    steps.values.put("M2" + MERGED, 0.79);
    try (SeriesHarness series = new SeriesHarness(gated(GOOD_ENOUGH), steps)) {
      SeriesProgress result = series.result();
      StepProgress skipped = step(result, "M2.iterative.finetune");
      assertThat(steps.started).doesNotContain("M2.iterative.finetune");
      assertThat(skipped.state()).isEqualTo(StepState.DONE);
      assertThat(skipped.note()).isEqualTo("not trained: gsm8k is 0.7900 ± 0.030: gsm8k >= 0.75");
      assertThat(skipped.finetuned().steps()).isZero();
      assertThat(skipped.path()).isEqualTo(step(result, "M2.iterative.merge").path());
      // Algorithm 1 goes on from it.
      String m1 = "digest of /models/m1";
      String m2 = "digest of /models/m2";
      assertThat(step(result, "M3.iterative.finetune").finetuned().model().digest())
          .isEqualTo("FT(digest of /models/m3 + (%s + FT%s - %s) - %s)".formatted(m2, m1, m1, m2));
    }
  }

  @Test
  void aScoreThatReachesTheTargetOnlyWithinItsNoiseDoesNotCount() {
    StubSteps steps = new StubSteps();
    steps.values.put("M2" + MERGED, 0.76);
    try (SeriesHarness series = new SeriesHarness(gated(GOOD_ENOUGH), steps)) {
      SeriesProgress result = series.result();
      assertThat(steps.started).contains("M2.iterative.finetune");
      assertThat(step(result, "M2.iterative.gate").note()).contains("not beyond noise");
    }
  }

  @Test
  void aPersonIsWaitedForAndNothingElseIs() throws Exception {
    StubSteps steps = new StubSteps();
    steps.values.put("M2" + MERGED, 0.2);
    try (SeriesHarness series = new SeriesHarness(gated(GOOD_ENOUGH, ASK), steps)) {
      SeriesProgress waiting = series.until(p -> p.message() != null);
      assertThat(waiting.state()).isEqualTo(SeriesState.RUNNING);
      assertThat(waiting.message())
          .isEqualTo(
              "M2.iterative.gate waits for a person (gsm8k is 0.2000 ± 0.030: gsm8k < 0.4):"
                  + " `recycler approve toy M2.iterative.gate` goes on, `recycler skip` gives it"
                  + " up");
      assertThat(step(waiting, "M3.fetch").state()).isEqualTo(StepState.DONE);
      assertRefused(
          () -> series.workflow().approve("M3.iterative.gate"),
          "step M3.iterative.gate does not wait for approval");
      assertRefused(() -> series.workflow().approve("M9.gate"), "series toy has no step M9.gate");
      series.workflow().approve("M2.iterative.gate");
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.started).contains("M2.iterative.finetune", "M3.iterative.finetune");
      assertRefusedWhenOver(series);
    }
  }

  @Test
  void aGateThatIsSkippedGivesUpWhatIsBehindIt() {
    StubSteps steps = new StubSteps();
    steps.values.put("M3" + MERGED, 0.2);
    try (SeriesHarness series = new SeriesHarness(gated(ASK), steps)) {
      series.until(p -> p.message() != null);
      series.workflow().skip("M3.iterative.gate");
      SeriesProgress result = series.result();
      assertThat(step(result, "M3.iterative.finetune").state()).isEqualTo(StepState.CANCELLED);
      assertThat(step(result, "M2.iterative.finetune").state()).isEqualTo(StepState.DONE);
    }
  }

  @Test
  void aSeriesThatWaitsForAPersonGoesOnInNewRunsAndKeepsWaiting() {
    StubSteps steps = new StubSteps();
    steps.values.put("M2" + MERGED, 0.2);
    GateSpec always = new GateSpec(null, GateSpec.Then.APPROVE);
    try (SeriesHarness series = SeriesHarness.inShortRuns(gated(always), 40, steps)) {
      series.until(p -> p.message() != null && p.message().startsWith("M2.iterative.gate"));
      series.workflow().approve("M2.iterative.gate");
      series.until(p -> p.message() != null && p.message().startsWith("M3.iterative.gate"));
      series.workflow().approve("M3.iterative.gate");
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(series.runs()).hasSizeGreaterThan(1);
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void aSeriesThatWaitsForAPersonCanBeCancelled() {
    StubSteps steps = new StubSteps();
    GateSpec always = new GateSpec(null, GateSpec.Then.APPROVE);
    try (SeriesHarness series = new SeriesHarness(gated(always), steps)) {
      series.until(p -> p.message() != null);
      series.stub().cancel();
      assertThatThrownBy(series::result).isInstanceOf(WorkflowFailedException.class);
    }
  }

  @Test
  void theScaleWithTheBestScoreIsTakenAndTheNextReleaseGoesOnFromIt() {
    StubSteps steps = new StubSteps();
    steps.values.put("M2.iterative.x0.5.merged.evaluate.gsm8k", 0.9);
    steps.values.put("M3.iterative.x0.75.merged.evaluate.gsm8k", 0.52);
    SeriesSpec spec =
        THREE.deciding(new ScaleChoice(List.of(0.5, 0.75, 1.0), "gsm8k"), List.of(GOOD_ENOUGH));
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      SeriesProgress result = series.result();
      StepProgress second = step(result, "M2.iterative.choose");
      assertThat(second.path()).isEqualTo(step(result, "M2.iterative.x0.5.merge").path());
      assertThat(second.note())
          .isEqualTo(
              "λ 0.5 by gsm8k of 0.5: 0.9000 ± 0.030, 0.75: 0.5000 ± 0.030, 1: 0.5000 ± 0.030");
      // 0.52 ± 0.03 is no better than 0.50 ± 0.03: the paper's λ stays.
      assertThat(step(result, "M3.iterative.choose").path())
          .isEqualTo(step(result, "M3.iterative.x1.merge").path());
      assertThat(steps.count(".merge")).isEqualTo(6);
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void aSeriesWithoutGatesHasNoStepsForThem() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      assertThat(series.result().steps())
          .noneMatch(step -> step.id().endsWith("gate") || step.id().endsWith("choose"));
    }
  }

  private static void assertRefusedWhenOver(SeriesHarness series) {
    assertThatThrownBy(() -> series.workflow().approve("M2.iterative.gate"))
        .isInstanceOf(RuntimeException.class);
  }

  private static void assertRefused(Runnable request, String words) {
    assertThatThrownBy(request::run)
        .isInstanceOf(WorkflowUpdateException.class)
        .cause()
        .hasMessageContaining(words);
  }

  private static SeriesSpec gated(GateSpec... gates) {
    return THREE.deciding(null, List.of(gates));
  }
}
