package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.GateSpec;
import dev.recycler.workflows.spec.PublishSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was skipped stays so until it is taken back by the same name. */
@Timeout(60)
class SkipTest {
  private static final SeriesSpec PUBLISHED =
      series(2, List.of(ITERATIVE), evaluation("gsm8k", Subject.FINETUNED))
          .publishing(
              new PublishSpec(
                  "hf://org/toy-{release}", List.of(ITERATIVE), null, null, List.of(), false));
  private static final SeriesSpec TWELVE =
      series(12, List.of(ITERATIVE), evaluation("gsm8k", Subject.BASE));

  private static void assertStates(SeriesProgress progress, StepState state, String... steps) {
    assertThat(List.of(steps))
        .allSatisfy(id -> assertThat(step(progress, id).state()).as(id).isEqualTo(state));
  }

  @Test
  void whatWasSkippedByNameDoesNotComeBackWithWhatItNeeds() throws Exception {
    String score = "M2.iterative.finetuned.evaluate.gsm8k";
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold(score);
    steps.fail(score, FailureKind.USER, "no such task");
    try (SeriesHarness series = new SeriesHarness(PUBLISHED, steps)) {
      gate.awaitReached();
      series.workflow().skip("M2.iterative.publish");
      gate.open().countDown();
      series.until(p -> p.state() == SeriesState.FAILED);
      steps.heal(score);
      series.workflow().resume();
      SeriesProgress result = series.result();
      assertStates(result, StepState.DONE, score);
      assertStates(result, StepState.CANCELLED, "M2.iterative.publish");
      assertThat(steps.started).doesNotContain("M2.iterative.publish");
    }
  }

  @Test
  void aLaterRunStillKnowsWithWhatEachStepWasSkipped() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.iterative.finetune");
    try (SeriesHarness series = SeriesHarness.inShortRuns(TWELVE, 30, steps)) {
      String first = series.stub().getExecution().getRunId();
      series.workflow().skip("M5.iterative.finetune");
      series.workflow().skip("M3.iterative.finetune");
      series.workflow().pause();
      gate.open().countDown();
      series.until(p -> !series.currentRun().equals(first));
      series.workflow().retry("M3.iterative.finetune");
      SeriesProgress paused = series.workflow().progress();
      assertStates(paused, StepState.WAITING, "M3.iterative.finetune", "M4.iterative.finetune");
      assertStates(paused, StepState.WAITING, "M5.iterative.merge");
      assertStates(paused, StepState.CANCELLED, "M5.iterative.finetune", "M6.iterative.merge");
      series.workflow().retry("M5.iterative.finetune");
      series.workflow().resume();
      assertThat(series.result().steps()).allMatch(step -> step.state() == StepState.DONE);
    }
  }

  @Test
  void whatNeedsTwoThatWereSkippedComesBackWithTheLast() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate training = steps.hold("M1.iterative.finetune");
    StubSteps.Gate fetch = steps.hold("M3.fetch");
    try (SeriesHarness series = new SeriesHarness(TWELVE, steps)) {
      training.awaitReached();
      fetch.awaitReached();
      series.workflow().skip("M2.iterative.finetune");
      series.workflow().skip("M3.fetch");
      series.until(p -> step(p, "M3.fetch").state() == StepState.CANCELLED);
      series.workflow().retry("M2.iterative.finetune");
      SeriesProgress one = series.workflow().progress();
      assertStates(one, StepState.WAITING, "M2.iterative.finetune");
      assertStates(one, StepState.CANCELLED, "M3.iterative.merge", "M4.iterative.merge");
      steps.open("M3.fetch");
      series.workflow().retry("M3.fetch");
      training.open().countDown();
      assertThat(series.result().steps()).allMatch(step -> step.state() == StepState.DONE);
    }
  }

  @Test
  void whatComesToNeedAStepThatIsBeingSkippedIsSkippedWithIt() throws Exception {
    String training = "M2.iterative.finetune";
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.holdSlow(training);
    try (SeriesHarness series = new SeriesHarness(PUBLISHED, steps)) {
      gate.awaitReached();
      series.workflow().skip(training);
      series.workflow().addRelease(new Release("M3", "/models/m3"));
      // It waits for what is still being ended.
      series.workflow().retry("M2.iterative.finetuned.evaluate.gsm8k");
      assertStates(
          series.workflow().progress(),
          StepState.WAITING,
          "M3.iterative.merge",
          "M2.iterative.publish");
      gate.open().countDown();
      SeriesProgress result = series.result();
      assertStates(
          result,
          StepState.CANCELLED,
          training,
          "M2.iterative.publish",
          "M3.iterative.merge",
          "M3.iterative.finetune",
          "M3.iterative.publish");
      assertStates(result, StepState.DONE, "M3.fetch");
    }
  }

  @Test
  void aStepWhoseMakerWasSkippedWhileItWasMadeAgainIsSkippedWithIt() throws Exception {
    String merge = "M2.iterative.merge";
    StubSteps steps = new StubSteps();
    try (SeriesHarness series =
        new SeriesHarness(
            series(2, List.of(ITERATIVE), evaluation("gsm8k", Subject.MERGED, Subject.BASE)),
            steps)) {
      String score = "M2.iterative.merged.evaluate.gsm8k";
      StubSteps.Gate scoring = steps.hold(score);
      StubSteps.Gate training = steps.hold("M2.iterative.finetune");
      scoring.awaitReached();
      training.awaitReached();
      String path = step(series.workflow().progress(), merge).path();
      StubSteps.Gate again = steps.holdSlow(merge);
      steps.loseInput("M2.iterative.finetune", path);
      training.open().countDown();
      again.awaitReached();
      series.workflow().skip(merge);
      steps.loseInput(score, path);
      scoring.open().countDown();
      series.until(p -> step(p, score).state() != StepState.RUNNING);
      again.open().countDown();
      assertStates(series.result(), StepState.CANCELLED, merge, score, "M2.iterative.finetune");
    }
  }

  @Test
  void aStepThatFailsWhileItIsBeingSkippedIsSkipped() throws Exception {
    String training = "M2.iterative.finetune";
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.holdDeaf(training);
    steps.fail(training, FailureKind.USER, "no flag --lr");
    try (SeriesHarness series = new SeriesHarness(PUBLISHED, steps)) {
      gate.awaitReached();
      series.workflow().skip(training);
      gate.open().countDown();
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertStates(result, StepState.CANCELLED, training, "M2.iterative.publish");
    }
  }

  @Test
  void aStepThatIsSkippedWhileAPausedSeriesLooksForItIsSkipped() throws Exception {
    String training = "M1.iterative.finetune";
    StubSteps steps = new StubSteps();
    StubSteps.Gate looking = steps.holdDeaf("look-up " + training);
    try (SeriesHarness series = new SeriesHarness(PUBLISHED, steps)) {
      looking.awaitReached();
      series.workflow().pause();
      series.workflow().skip(training);
      looking.open().countDown();
      SeriesProgress end = series.until(p -> p.state() == SeriesState.FINISHED);
      assertStates(end, StepState.CANCELLED, training, "M2.iterative.merge");
      assertThat(steps.started).doesNotContain(training);
    }
  }

  @Test
  void aScoreThatFailsWhileItsTrainingIsBeingSkippedIsSkippedWithIt() throws Exception {
    String training = "M2.iterative.finetune";
    String score = "M2.iterative.checkpoint-50.evaluate.gsm8k";
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.holdSlow(training);
    steps.saving.put(training, List.of(50L));
    StubSteps.Gate scoring = steps.holdDeaf(score);
    steps.fail(score, FailureKind.USER, "no such task");
    GateSpec enough = new GateSpec(new Condition("gsm8k", ">=", 0.75, 1), GateSpec.Then.STOP);
    try (SeriesHarness series =
        new SeriesHarness(PUBLISHED.deciding(null, List.of(enough)), steps)) {
      gate.awaitReached();
      scoring.awaitReached();
      series.workflow().skip(training);
      scoring.open().countDown();
      series.until(p -> step(p, score).state() != StepState.RUNNING);
      gate.open().countDown();
      assertStates(series.result(), StepState.CANCELLED, training, score);
    }
  }
}
