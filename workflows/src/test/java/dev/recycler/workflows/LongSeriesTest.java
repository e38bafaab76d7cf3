package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.DIRECT;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A series whose history is cut into several runs of the workflow is one series all the same. */
@Timeout(120)
class LongSeriesTest {
  private static final int FEW_EVENTS = 60;
  private static final SeriesSpec FIVE =
      series(
          5,
          List.of(ITERATIVE, DIRECT, PLAIN),
          evaluation("gsm8k", Subject.FINETUNED, Subject.CHECKPOINTS));

  @Test
  void noStepIsRunTwiceAndTheEndIsTheSame() {
    StubSteps steps = new StubSteps(50L);
    try (SeriesHarness series = SeriesHarness.inShortRuns(FIVE, FEW_EVENTS, steps)) {
      String first = series.stub().getExecution().getRunId();
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.started).doesNotHaveDuplicates().hasSize(1 + 5 + 7 + 12 + 12 + 12);
      assertThat(result.steps())
          .hasSameSizeAs(steps.started)
          .allSatisfy(step -> assertThat(step.state()).isEqualTo(StepState.DONE));
      assertThat(series.currentRun()).isNotEqualTo(first);
      assertThat(series.history(series.currentRun())).contains("continuedExecutionRunId");
    }
  }

  @Test
  void aFailedStepIsCarriedOverAndResumed() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("M2.direct.finetune", FailureKind.USER, "no flag --lr");
    try (SeriesHarness series = SeriesHarness.inShortRuns(FIVE, FEW_EVENTS, steps)) {
      String first = series.stub().getExecution().getRunId();
      SeriesProgress progress =
          series.until(p -> p.state() == SeriesState.FAILED && !series.currentRun().equals(first));
      assertThat(step(progress, "M2.direct.finetune").failure()).isEqualTo("no flag --lr");
      steps.heal("M2.direct.finetune");
      assertThat(series.workflow().resume()).isEqualTo(1);
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.count("M2.direct.finetune")).isEqualTo(2);
      assertThat(steps.started.stream().distinct().count()).isEqualTo(steps.started.size() - 1);
    }
  }

  @Test
  void releasesAddedBetweenTheRunsAreAllCarriedOut() {
    StubSteps steps = new StubSteps();
    int last = 12;
    StubSteps.Gate gate = steps.hold("M1.plain.finetuned.evaluate.gsm8k");
    try (SeriesHarness series = SeriesHarness.inShortRuns(FIVE, FEW_EVENTS, steps)) {
      for (int i = 6; i <= last; i++) {
        series.workflow().addRelease(new Release("M" + i, "/models/m" + i));
        if (i == 10) {
          gate.open().countDown();
        }
      }
      SeriesProgress result = series.result();
      assertThat(result.spec().releases()).hasSize(last);
      assertThat(steps.started).doesNotHaveDuplicates();
      assertThat(steps.count(".finetune")).isEqualTo(3 * last - 3);
    }
  }

  @Test
  void pauseAndSkippedStepsAreCarriedOver() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.iterative.finetune");
    SeriesSpec spec = series(12, List.of(ITERATIVE), evaluation("gsm8k", Subject.BASE));
    try (SeriesHarness series = SeriesHarness.inShortRuns(spec, 30, steps)) {
      String first = series.stub().getExecution().getRunId();
      series.workflow().skip("M3.iterative.finetune");
      series.workflow().pause();
      gate.open().countDown();
      SeriesProgress paused = series.until(p -> !series.currentRun().equals(first));
      assertThat(paused.message()).startsWith("paused");
      assertThat(step(paused, "M4.iterative.finetune").state()).isEqualTo(StepState.CANCELLED);
      series.workflow().resume();
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.count(".finetune")).isEqualTo(2);
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void aLaterRunIsCancelledLikeTheFirst() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M5.iterative.finetune");
    try (SeriesHarness series = SeriesHarness.inShortRuns(FIVE, FEW_EVENTS, steps)) {
      gate.awaitReached();
      series.stub().cancel();
      assertThatThrownBy(series::result).hasCauseInstanceOf(CanceledFailure.class);
      assertThat(steps.cancelled).containsExactly("M5.iterative.finetune");
    }
  }
}
