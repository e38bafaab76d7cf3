package dev.recycler.workflows;

import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.GateSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.failure.CanceledFailure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** By what series are found among many. */
@Timeout(120)
class VisibilityTest {
  private static final SeriesSpec TWO =
      series(2, List.of(ITERATIVE, PLAIN), evaluation("gsm8k", Subject.FINETUNED));

  @Test
  void theServerKnowsWhatASeriesIsAbout() {
    StubSteps steps = new StubSteps();
    steps.fail("M1.plain.finetune", FailureKind.USER, "no");
    try (SeriesHarness series = SeriesHarness.findable(TWO, steps)) {
      awaitVisible(series, "failed");
      series.workflow().pause();
      awaitVisible(series, "paused");
      StubSteps.Gate gate = steps.hold("M2.plain.finetune");
      steps.heal("M1.plain.finetune");
      series.workflow().resume();
      awaitVisible(series, "running");
      gate.open().countDown();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
    }
  }

  @Test
  void aSeriesThatWaitsForAPersonIsFound() {
    SeriesSpec gated =
        TWO.deciding(
            null,
            List.of(new GateSpec(new Condition("gsm8k", "<", 0.99, 1), GateSpec.Then.APPROVE)));
    try (SeriesHarness series = SeriesHarness.findable(gated, new StubSteps())) {
      awaitVisible(series, "waiting");
      series.workflow().approve("M2.iterative.gate");
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
    }
  }

  @Test
  void aSeriesThatWasStartedWithoutTheAttributeNeverSetsIt() {
    try (SeriesHarness series = new SeriesHarness(TWO, new StubSteps())) {
      series.result();
      assertThat(series.history(series.currentRun())).doesNotContain("UPSERT");
    }
  }

  @Test
  void aCancelledSeriesIsNotLeftAsARunningOne() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.plain.finetune");
    // One step after the other: the test server may not find a step to cancel that was asked for
    // while another one ended.
    SeriesSpec one = series(1, List.of(PLAIN));
    try (SeriesHarness series = SeriesHarness.findable(one, steps)) {
      gate.awaitReached();
      series.stub().cancel();
      assertThatThrownBy(series::result).hasCauseInstanceOf(CanceledFailure.class);
      assertThat(series.visibleState()).isEqualTo("cancelled");
    }
  }

  private static void awaitVisible(SeriesHarness series, String state) {
    for (int i = 0; i < 1200; i++) {
      if (Objects.equals(series.visibleState(), state)) {
        return;
      }
      LockSupport.parkNanos(Duration.ofMillis(25).toNanos());
    }
    throw new AssertionError("never " + state + " but " + series.visibleState());
  }
}
