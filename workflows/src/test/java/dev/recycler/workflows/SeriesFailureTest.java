package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SeriesFailureTest {
  private static final SeriesSpec THREE =
      series(3, List.of(ITERATIVE, PLAIN), evaluation("gsm8k", Subject.FINETUNED));

  @Test
  void aUsersMistakeIsNotRetriedAndHoldsUpOnlyWhatNeedsIt() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("M2.iterative.finetune", FailureKind.USER, "no flag --lr; see /log");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      SeriesProgress progress = series.until(p -> p.state() == SeriesState.FAILED);
      assertThat(steps.count("M2.iterative.finetune")).isEqualTo(1);
      assertThat(step(progress, "M2.iterative.finetune").failure())
          .isEqualTo("no flag --lr; see /log");
      assertThat(step(progress, "M2.iterative.finetune").failureKind()).isEqualTo("USER");
      assertThat(step(progress, "M3.iterative.merge").state()).isEqualTo(StepState.WAITING);
      assertThat(step(progress, "M3.plain.finetuned.evaluate.gsm8k").state())
          .isEqualTo(StepState.DONE);
      assertThat(progress.message())
          .isEqualTo(
              "M2.iterative.finetune failed: no flag --lr; see /log; give a corrected file by"
                  + " `recycler update toy FILE`, or see to the cause, then `recycler resume toy`");
    }
  }

  @Test
  void resumeTriesWhatFailedAgainAndKeepsWhatIsDone() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("M2.iterative.finetune", FailureKind.USER, "no flag --lr");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      steps.heal("M2.iterative.finetune");
      assertThat(series.workflow().resume()).isEqualTo(1);
      SeriesProgress progress = series.result();
      assertThat(progress.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(step(progress, "M2.iterative.finetune").failure()).isNull();
      assertThat(steps.count("M2.iterative.finetune")).isEqualTo(2);
      assertThat(steps.started.stream().distinct().count()).isEqualTo(steps.started.size() - 1);
    }
  }

  @Test
  void aSecondResumeDoesNothingAndSaysSo() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("M2.iterative.finetune", FailureKind.USER, "no flag --lr");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      steps.heal("M2.iterative.finetune");
      StubSteps.Gate gate = steps.hold("M2.iterative.finetune");
      assertThat(series.workflow().resume()).isEqualTo(1);
      assertThatThrownBy(() -> series.workflow().resume())
          .isInstanceOf(WorkflowUpdateException.class)
          .rootCause()
          .hasMessageContaining("no step of series toy has failed, so there is nothing to resume");
      gate.open().countDown();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.count("M2.iterative.finetune")).isEqualTo(2);
    }
  }

  @Test
  void aToolsFailureIsRetriedWithoutAPerson() {
    StubSteps steps = new StubSteps();
    steps.failFirst("M1.plain.finetune", 4, FailureKind.TOOL, "trl ended with exit code 1");
    try (SeriesHarness series = SeriesHarness.jumping(series(1, List.of(PLAIN)), steps)) {
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.count("M1.plain.finetune")).isEqualTo(5);
    }
  }

  @Test
  void whatAStepIsMadeFromIsMadeAgainWhereTheStoreHasLostIt() throws Exception {
    StubSteps steps = new StubSteps(50L);
    StubSteps.Gate gate = steps.hold("M2.iterative.merge");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      String lost =
          step(series.workflow().progress(), "M1.plain.finetune").finetuned().model().path();
      steps.loseInputOnce("M2.iterative.merge", lost);
      gate.open().countDown();

      SeriesProgress progress = series.result();
      assertThat(progress.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.count("M1.plain.finetune")).isEqualTo(2);
      assertThat(steps.count("M2.iterative.merge")).isEqualTo(2);
      assertThat(steps.started.stream().distinct().count()).isEqualTo(steps.started.size() - 2);
      assertThat(step(progress, "M1.plain.finetune").note()).contains("made again");
      assertThat(step(progress, "M2.iterative.merge").state()).isEqualTo(StepState.DONE);
      assertThat(progress.models())
          .allSatisfy(row -> assertThat(row.scores()).doesNotHaveDuplicates());
    }
  }

  @Test
  void aStoreThatLosesTheSameThingAgainAndAgainIsAPersonsAffair() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M2.iterative.merge");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      String lost =
          step(series.workflow().progress(), "M1.plain.finetune").finetuned().model().path();
      steps.loseInput("M2.iterative.merge", lost);
      gate.open().countDown();

      SeriesProgress progress = series.until(p -> p.state() == SeriesState.FAILED);
      assertThat(step(progress, "M2.iterative.merge").failure()).isEqualTo(lost + " is gone");
      assertThat(steps.count("M1.plain.finetune")).isEqualTo(4);
      steps.heal("M2.iterative.merge");
      assertThat(series.workflow().resume()).isEqualTo(1);
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
    }
  }

  @Test
  void aLastWordIsNotRetried() throws Exception {
    StubSteps steps = new StubSteps();
    steps.failWith(
        "M1.plain.finetune",
        ApplicationFailure.newNonRetryableFailure("trl ended again", FailureKind.TOOL.name()));
    try (SeriesHarness series = new SeriesHarness(series(1, List.of(PLAIN)), steps)) {
      SeriesProgress progress = series.until(p -> p.state() == SeriesState.FAILED);
      assertThat(steps.count("M1.plain.finetune")).isEqualTo(1);
      assertThat(step(progress, "M1.plain.finetune").failureKind()).isEqualTo("TOOL");
    }
  }

  @Test
  void whatAWorkerThrowsUnforeseenIsToldAsSuch() throws Exception {
    StubSteps steps = new StubSteps();
    steps.failWith(
        "M1.fetch",
        ApplicationFailure.newNonRetryableFailure(
            "x is null", NullPointerException.class.getName()));
    try (SeriesHarness series = new SeriesHarness(series(1, List.of(PLAIN)), steps)) {
      SeriesProgress progress = series.until(p -> p.state() == SeriesState.FAILED);
      assertThat(step(progress, "M1.fetch").failure())
          .isEqualTo("the worker broke with java.lang.NullPointerException: x is null");
      assertThat(step(progress, "M1.fetch").failureKind()).isNull();
    }
  }

  @Test
  void aFailedPreparationIsResumedLikeAnyStep() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("prepare", FailureKind.USER, "no such data");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      assertThat(steps.started).containsExactly("prepare");
      steps.heal("prepare");
      series.workflow().resume();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
    }
  }

  @Test
  void cancellingEndsWhatRunsAndStartsNothingMore() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      series.until(p -> step(p, "M3.plain.finetuned.evaluate.gsm8k").state() == StepState.DONE);
      series.stub().cancel();
      assertThatThrownBy(series::result)
          .isInstanceOf(WorkflowFailedException.class)
          .hasCauseInstanceOf(CanceledFailure.class);
      assertThat(steps.cancelled).containsExactly("M1.plain.finetune");
      SeriesProgress progress = series.workflow().progress();
      assertThat(progress.state()).isEqualTo(SeriesState.CANCELLED);
      assertThat(step(progress, "M1.plain.finetune").state()).isEqualTo(StepState.CANCELLED);
      assertThat(step(progress, "M2.iterative.merge").state()).isEqualTo(StepState.CANCELLED);
      assertThat(step(progress, "M2.plain.finetune").state()).isEqualTo(StepState.DONE);
      assertThat(steps.count("M2.iterative.merge")).isZero();
    }
  }

  @Test
  void aSeriesThatWaitsForResumeCanBeCancelled() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("prepare", FailureKind.USER, "no such data");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      series.stub().cancel();
      assertThatThrownBy(series::result).hasCauseInstanceOf(CanceledFailure.class);
      SeriesProgress progress = series.workflow().progress();
      assertThat(progress.state()).isEqualTo(SeriesState.CANCELLED);
      assertThat(step(progress, "prepare").failure()).isEqualTo("no such data");
    }
  }
}
