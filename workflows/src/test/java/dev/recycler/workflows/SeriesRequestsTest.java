package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people may ask of a series while it runs. */
@Timeout(120)
class SeriesRequestsTest {
  private static final SeriesSpec THREE =
      series(3, List.of(ITERATIVE, PLAIN), evaluation("gsm8k", Subject.FINETUNED));

  @Test
  void aPausedSeriesFinishesWhatRunsAndStartsNothing() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      series.until(p -> step(p, "M3.plain.finetuned.evaluate.gsm8k").state() == StepState.DONE);
      series.workflow().pause();
      gate.open().countDown();
      SeriesProgress paused =
          series.until(p -> step(p, "M1.plain.finetune").state() == StepState.DONE);
      assertThat(paused.state()).isEqualTo(SeriesState.RUNNING);
      assertThat(paused.message())
          .isEqualTo(
              "paused: what runs is finished, nothing starts; `recycler resume toy` goes on");
      assertThat(step(paused, "M2.iterative.merge").state()).isEqualTo(StepState.WAITING);
      assertRefused(series.workflow()::pause, "series toy is paused already");
      assertThat(series.workflow().resume()).isZero();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void whatNoWorkerHadBegunBeforeAPauseHasItsTurnAfterIt() throws Exception {
    String training = "M1.plain.finetune";
    StubSteps steps = new StubSteps();
    StubSteps.Gate queued = steps.hold(training);
    steps.failWith(
        training, ApplicationFailure.newNonRetryableFailure("not begun", Steps.NOT_BEGUN));
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      queued.awaitReached();
      assertThat(series.workflow().mustWait(training)).isFalse();
      series.workflow().pause();
      assertThat(series.workflow().mustWait(training)).isTrue();
      assertThat(series.workflow().mustWait("no step")).isFalse();
      queued.open().countDown();
      series.until(p -> step(p, training).state() == StepState.WAITING);
      steps.heal(training);
      assertThat(series.workflow().resume()).isZero();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.count(training)).isEqualTo(2);
    }
  }

  @Test
  void oneFailedStepIsTriedAgainByItself() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("M2.plain.finetune", FailureKind.USER, "no");
    steps.fail("M3.plain.finetune", FailureKind.USER, "no");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      assertRefused(() -> series.workflow().retry("M9.fetch"), "series toy has no step M9.fetch");
      assertRefused(
          () -> series.workflow().retry("M1.fetch"),
          "step M1.fetch has neither failed nor been skipped by itself, so it can't be tried"
              + " again");
      steps.heal("M2.plain.finetune");
      series.workflow().retry("M2.plain.finetune");
      SeriesProgress progress =
          series.until(p -> step(p, "M2.plain.finetuned.evaluate.gsm8k").state() == StepState.DONE);
      assertThat(step(progress, "M3.plain.finetune").state()).isEqualTo(StepState.FAILED);
      assertThat(steps.count("M3.plain.finetune")).isEqualTo(1);
    }
  }

  @Test
  void aStepThatIsTriedAgainHasNothingOfItsFirstTry() throws Exception {
    String failing = "M2.plain.finetune";
    StubSteps steps = new StubSteps();
    steps.fail(failing, FailureKind.USER, "no");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      SeriesProgress failed = series.until(p -> p.state() == SeriesState.FAILED);
      series.workflow().pause();
      series.workflow().retry(failing);
      StepProgress waiting = step(series.workflow().progress(), failing);
      assertThat(waiting.state()).isEqualTo(StepState.WAITING);
      assertThat(waiting.started()).isNull();
      assertThat(waiting.finished()).isNull();
      assertThat(waiting.failure()).isNull();
      steps.heal(failing);
      series.workflow().resume();
      assertThat(step(series.result(), failing).started())
          .isAfter(step(failed, failing).finished());
    }
  }

  @Test
  void aSeriesFinishesWithoutWhatIsSkipped() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("M2.iterative.finetune", FailureKind.USER, "no");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      // The step, its score, and the merge, fine-tuning and score of M3.
      assertThat(series.workflow().skip("M2.iterative.finetune")).isEqualTo(5);
      SeriesProgress progress = series.result();
      assertThat(progress.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(progress.message()).isNull();
      assertThat(step(progress, "M3.iterative.finetune").state()).isEqualTo(StepState.CANCELLED);
      assertThat(step(progress, "M3.plain.finetune").state()).isEqualTo(StepState.DONE);
    }
  }

  @Test
  void aStepThatRunsIsEndedWhenItIsSkipped() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.plain.finetuned.evaluate.gsm8k");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      assertThat(series.workflow().skip("M1.plain.finetuned.evaluate.gsm8k")).isEqualTo(1);
      SeriesProgress progress = series.result();
      assertThat(progress.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.cancelled).containsExactly("M1.plain.finetuned.evaluate.gsm8k");
    }
  }

  @Test
  void whatWasSkippedCanBeTakenBack() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      series.workflow().skip("M2.iterative.finetune");
      assertRefused(
          () -> series.workflow().skip("M2.iterative.finetune"),
          "step M2.iterative.finetune is over, so it can't be skipped");
      assertRefused(
          () -> series.workflow().retry("M3.iterative.finetune"),
          "step M3.iterative.finetune has neither failed nor been skipped by itself, so it can't"
              + " be tried again");
      series.workflow().retry("M2.iterative.finetune");
      gate.open().countDown();
      SeriesProgress progress = series.result();
      assertThat(progress.steps())
          .allSatisfy(step -> assertThat(step.state()).isEqualTo(StepState.DONE));
    }
  }

  @Test
  void aReleaseIsAddedWhileTheSeriesRuns() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M3.iterative.finetune");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      series.workflow().addRelease(new Release("M4", "/models/m4"));
      gate.open().countDown();
      SeriesProgress progress = series.result();
      assertThat(progress.spec().releases()).hasSize(4);
      assertThat(step(progress, "M4.iterative.finetuned.evaluate.gsm8k").state())
          .isEqualTo(StepState.DONE);
      assertThat(steps.started).doesNotHaveDuplicates();
      assertThat(steps.count(".finetune")).isEqualTo(7);
    }
  }

  @Test
  void aReleaseThatMakesNoSenseIsRefused() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("prepare");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      assertRefused(
          () -> series.workflow().addRelease(new Release("M2", "/models/new")),
          "series toy has a release M2 already; give another name");
      assertRefused(
          () -> series.workflow().addRelease(new Release("M4", "/models/m2")),
          "/models/m2 is release M2 already; give another model");
      assertRefused(
          () -> series.workflow().addRelease(new Release("M 4", "/models/m4")),
          "\"M 4\" is not a name; use up to 64 letters, digits, _ and -, the first a letter or"
              + " digit");
      assertRefused(
          () -> series.workflow().addRelease(new Release("M4", "models/m4")),
          "models/m4 is not an absolute path; give the model's folder from the root");
      assertRefused(
          () -> series.workflow().addRelease(new Release("M4", "hf://org/name@a..b")),
          "\"a..b\" is not a revision; give a branch, a tag or a commit, such as"
              + " hf://org/name@main");
    }
  }

  @Test
  void aReleaseMayLieOnAHub() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.fetch");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      series.workflow().addRelease(new Release("M4", "hf://org/name@stage2"));
      gate.open().countDown();
      SeriesProgress end = series.result();
      assertThat(step(end, "M4.fetch").path()).isEqualTo("hf://org/name@stage2");
      assertThat(step(end, "M4.plain.finetune").state()).isEqualTo(StepState.DONE);
    }
  }

  private static void assertRefused(ThrowingCallable request, String refusal) {
    assertThatThrownBy(request).rootCause().hasMessageContaining(refusal);
  }
}
