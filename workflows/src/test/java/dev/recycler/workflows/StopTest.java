package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.GateSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.client.WorkflowServiceException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Trainings that end at the first checkpoint that is good enough. */
@Timeout(60)
class StopTest {
  private static final String TRAINING = "M2.iterative.finetune";
  private static final String CHECKPOINT = "M2.iterative.checkpoint-%d.evaluate.gsm8k";
  private static final GateSpec ENOUGH =
      new GateSpec(new Condition("gsm8k", ">=", 0.75, 1), GateSpec.Then.STOP);
  private static final SeriesSpec TWO =
      series(2, List.of(ITERATIVE), evaluation("gsm8k", Subject.FINETUNED))
          .deciding(null, List.of(ENOUGH));

  private static StubSteps training(Long... saved) {
    StubSteps steps = new StubSteps();
    steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(saved));
    return steps;
  }

  @Test
  void trainingEndsAtTheFirstCheckpointThatIsGoodEnough() {
    StubSteps steps = training(50L, 100L);
    steps.values.put(CHECKPOINT.formatted(100), 0.8);
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      SeriesProgress result = series.result();
      StepProgress training = step(result, TRAINING);
      assertThat(steps.cancelled).containsExactly(TRAINING);
      assertThat(training.state()).isEqualTo(StepState.DONE);
      assertThat(training.note())
          .isEqualTo("stopped at step 100: gsm8k is 0.8000 ± 0.030: gsm8k >= 0.75");
      assertThat(training.finetuned().steps()).isEqualTo(100);
      assertThat(training.finetuned().model().digest()).isEqualTo(TRAINING + "@100");
      assertThat(step(result, CHECKPOINT.formatted(50)).state()).isEqualTo(StepState.DONE);
      // The checkpoint is scored as the fine-tuned model, too.
      assertThat(step(result, "M2.iterative.finetuned.evaluate.gsm8k").state())
          .isEqualTo(StepState.DONE);
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void aScoreWithinItsNoiseEndsNothing() {
    StubSteps steps = new StubSteps(50L);
    StubSteps.Gate gate = steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(50L));
    steps.values.put(CHECKPOINT.formatted(50), 0.76);
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      series.until(p -> steps.started.contains(CHECKPOINT.formatted(50)));
      gate.open().countDown();
      SeriesProgress result = series.result();
      assertThat(steps.cancelled).isEmpty();
      assertThat(step(result, TRAINING).note()).isNull();
      assertThat(step(result, TRAINING).finetuned().stopped()).isNull();
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void ofATrainingThatWasFasterThanTheScoresTheSameCheckpointIsTaken() throws Exception {
    StubSteps steps = new StubSteps(50L, 100L);
    steps.values.put(CHECKPOINT.formatted(50), 0.8);
    steps.values.put(CHECKPOINT.formatted(100), 0.9);
    StubSteps.Gate slow = steps.hold(CHECKPOINT.formatted(50));
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      slow.awaitReached();
      series.until(
          p ->
              p.steps().stream()
                  .anyMatch(
                      s ->
                          s.id().equals(CHECKPOINT.formatted(100)) && s.state() == StepState.DONE));
      assertThat(step(series.workflow().progress(), TRAINING).state()).isEqualTo(StepState.RUNNING);
      slow.open().countDown();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(50);
      assertThat(steps.started).contains("stop " + TRAINING).doesNotHaveDuplicates();
    }
  }

  @Test
  void aTrainingThatFailsIsTakenUpAgainWithTheScoresItHad() {
    StubSteps steps = new StubSteps();
    steps.fail(TRAINING, FailureKind.USER, "no flag --lr");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      SeriesProgress failed = series.until(p -> p.state() == SeriesState.FAILED);
      assertThat(step(failed, TRAINING).failure()).isEqualTo("no flag --lr");
      steps.heal(TRAINING);
      steps.hold(TRAINING);
      steps.saving.put(TRAINING, List.of(50L));
      steps.values.put(CHECKPOINT.formatted(50), 0.8);
      series.workflow().resume();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(50);
    }
  }

  @Test
  void aTrainingThatIsSkippedIsOver() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(50L));
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      gate.awaitReached();
      series.until(p -> steps.started.contains(CHECKPOINT.formatted(50)));
      series.workflow().skip(TRAINING);
      SeriesProgress result = series.result();
      assertThat(steps.cancelled).containsExactly(TRAINING);
      assertThat(step(result, TRAINING).state()).isEqualTo(StepState.CANCELLED);
    }
  }

  @Test
  void aSeriesWhoseHistoryIsLongStillScoresWhatItsTrainingWaitsFor() {
    StubSteps steps = training(50L, 100L);
    steps.values.put(CHECKPOINT.formatted(100), 0.8);
    try (SeriesHarness series = SeriesHarness.inShortRuns(TWO, 20, steps)) {
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(step(result, TRAINING).note()).startsWith("stopped at step 100");
      assertThat(series.runs()).hasSizeGreaterThan(1);
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  /** On a real server only: the in-process one loses a step of a series in runs so short. */
  @Test
  @EnabledIfSystemProperty(named = "recycler.test.server", matches = ".+")
  void scoresOfTrainingsThatAreOverOutliveTheRunsThatTookThem() {
    StubSteps steps = training(50L, 100L);
    steps.values.put(CHECKPOINT.formatted(100), 0.8);
    SeriesSpec four = TWO.withReleases(series(4, List.of(ITERATIVE)).releases());
    try (SeriesHarness series = SeriesHarness.inShortRuns(four, 20, steps)) {
      SeriesProgress result = series.result();
      assertThat(series.runs()).hasSizeGreaterThan(2);
      assertThat(List.of(50, 100))
          .allMatch(at -> step(result, CHECKPOINT.formatted(at)).state() == StepState.DONE);
      assertThat(step(result, CHECKPOINT.formatted(50)).score().value()).isEqualTo(0.5);
      assertThat(result.models())
          .flatExtracting(ModelRow::scores)
          .extracting(ModelRow.ScoreStep::step)
          .contains(CHECKPOINT.formatted(50), CHECKPOINT.formatted(100));
    }
  }

  /** On a real server only: on the in-process one the retried training is never heard of again. */
  @Test
  @EnabledIfSystemProperty(named = "recycler.test.server", matches = ".+")
  void aLaterRunKnowsTheCheckpointsThatTheTrainerHasDropped() throws Exception {
    StubSteps steps = failedScore();
    try (SeriesHarness series = SeriesHarness.inShortRuns(TWO, 20, steps)) {
      untilTrainingFailed(series, steps);
      untilTwoRunsLater(series);
      SeriesProgress failed = series.workflow().progress();
      assertThat(step(failed, CHECKPOINT.formatted(50)).failure()).isEqualTo("no such task");
      steps.heal(CHECKPOINT.formatted(50));
      steps.values.put(CHECKPOINT.formatted(50), 0.9);
      steps.saving.clear();
      retryTraining(series, steps);
      assertThat(step(series.result(), TRAINING).finetuned().steps()).isEqualTo(50);
    }
  }

  @Test
  void inALaterRunAScoreIsSkippedByNameStill() {
    StubSteps steps = failedScore();
    try (SeriesHarness series = SeriesHarness.inShortRuns(TWO, 20, steps)) {
      untilTrainingFailed(series, steps);
      untilTwoRunsLater(series);
      series.workflow().skip(CHECKPOINT.formatted(50));
      series.workflow().resume();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).state()).isEqualTo(StepState.DONE);
      assertThat(step(result, CHECKPOINT.formatted(50)).state()).isEqualTo(StepState.CANCELLED);
    }
  }

  /** Adds releases, and with them events, until the workflow has gone on in new runs. */
  private static void untilTwoRunsLater(SeriesHarness series) {
    series.until(p -> p.state() == SeriesState.FAILED);
    int runs = series.runs().size();
    for (int i = 3; series.runs().size() < runs + 2; i++) {
      series.workflow().addRelease(new Release("M" + i, "/models/m" + i));
    }
  }

  @Test
  void aPausedSeriesStillEndsTheTrainingThatRuns() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold(TRAINING);
    steps.values.put(CHECKPOINT.formatted(50), 0.8);
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      gate.awaitReached();
      series.workflow().pause();
      steps.saving.put(TRAINING, List.of(50L));
      SeriesProgress stopped = series.until(p -> step(p, TRAINING).state() == StepState.DONE);
      assertThat(step(stopped, "M2.iterative.finetuned.evaluate.gsm8k").state())
          .isEqualTo(StepState.WAITING);
      series.workflow().resume();
      series.result();
    }
  }

  @Test
  void aScoreThatFailsStopsTheTrainingFromEndingAndIsTriedAgain() {
    StubSteps steps = new StubSteps(50L, 100L);
    steps.saving.put(TRAINING, List.of(50L, 100L));
    StubSteps.Gate gate = steps.hold(TRAINING);
    steps.fail(CHECKPOINT.formatted(50), FailureKind.USER, "no such task");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      series.until(p -> steps.started.contains(CHECKPOINT.formatted(100)));
      gate.open().countDown();
      SeriesProgress failed =
          series.until(
              p ->
                  p.state() == SeriesState.FAILED && step(p, TRAINING).state() == StepState.FAILED);
      assertThat(step(failed, TRAINING).failure())
          .isEqualTo(
              "it is trained, but without %s, which failed, it can't be told at which checkpoint"
                      .formatted(CHECKPOINT.formatted(50))
                  + " it was good enough");
      steps.heal(CHECKPOINT.formatted(50));
      steps.values.put(CHECKPOINT.formatted(50), 0.8);
      steps.hold(TRAINING);
      series.workflow().resume();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(50);
      assertThat(steps.count(CHECKPOINT.formatted(50))).isEqualTo(2);
    }
  }

  @Test
  void retryingTheScoreTakesTheTrainingUpAgain() {
    StubSteps steps = new StubSteps(50L);
    steps.saving.put(TRAINING, List.of(50L));
    StubSteps.Gate gate = steps.hold(TRAINING);
    steps.fail(CHECKPOINT.formatted(50), FailureKind.USER, "no such task");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      series.until(p -> steps.started.contains(CHECKPOINT.formatted(50)));
      gate.open().countDown();
      series.until(p -> p.state() == SeriesState.FAILED);
      steps.heal(CHECKPOINT.formatted(50));
      StubSteps.Gate again = steps.hold(TRAINING);
      series.workflow().retry(CHECKPOINT.formatted(50));
      series.until(p -> steps.count(CHECKPOINT.formatted(50)) == 2);
      again.open().countDown();
      assertThat(step(series.result(), TRAINING).state()).isEqualTo(StepState.DONE);
    }
  }

  @Test
  void scoresOutliveRunsThatNeverComeToTheirTraining() throws Exception {
    StubSteps steps = new StubSteps(50L, 100L);
    steps.saving.put(TRAINING, List.of(50L, 100L));
    StubSteps.Gate gate = steps.hold(TRAINING);
    steps.fail(TRAINING, FailureKind.USER, "no flag --lr");
    steps.fail(CHECKPOINT.formatted(100), FailureKind.USER, "no such task");
    try (SeriesHarness series = SeriesHarness.inShortRuns(TWO, 20, steps)) {
      series.until(p -> steps.started.contains(CHECKPOINT.formatted(100)));
      gate.open().countDown();
      untilTwoRunsLater(series);
      steps.heal(TRAINING);
      steps.heal(CHECKPOINT.formatted(100));
      StubSteps.Gate again = steps.hold(TRAINING);
      series.workflow().resume();
      series.until(p -> steps.count(CHECKPOINT.formatted(100)) == 2);
      again.open().countDown();
      series.result();
      assertThat(steps.count(CHECKPOINT.formatted(50))).isEqualTo(1);
      assertThat(steps.count(CHECKPOINT.formatted(100))).isEqualTo(2);
    }
  }

  @Test
  void aScoreThatIsGivenUpAfterItHasFailedNoLongerCounts() {
    StubSteps steps = failedScore();
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      untilTrainingFailed(series, steps);
      series.workflow().skip(CHECKPOINT.formatted(50));
      series.workflow().resume();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).state()).isEqualTo(StepState.DONE);
      assertThat(step(result, CHECKPOINT.formatted(50)).state()).isEqualTo(StepState.CANCELLED);
      assertThat(steps.count(CHECKPOINT.formatted(50))).isEqualTo(1);
    }
  }

  /** So that no other series takes it for what the recipe says. */
  @Test
  void aCheckpointThatIsTakenWithoutTheScoreOfAnEarlierOneIsToldApart() {
    StubSteps steps = failedScore();
    steps.saving.put(TRAINING, List.of(50L, 100L));
    steps.values.put(CHECKPOINT.formatted(100), 0.8);
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      series.until(
          p ->
              p.steps().stream().anyMatch(s -> s.id().equals(CHECKPOINT.formatted(100)))
                  && step(p, CHECKPOINT.formatted(100)).state() == StepState.DONE
                  && step(p, CHECKPOINT.formatted(50)).state() == StepState.FAILED);
      series.workflow().skip(CHECKPOINT.formatted(50));
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(100);
      assertThat(steps.unscored).containsEntry(TRAINING, List.of(50L));
    }
  }

  @Test
  void aTrainingThatIsGivenUpTakesItsFailedScoreAlong() {
    StubSteps steps = failedScore();
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      untilTrainingFailed(series, steps);
      try {
        series.workflow().skip(TRAINING);
      } catch (WorkflowServiceException unheard) {
        // The end of the wait for checkpoints came between; the command line asks again, too.
        series.workflow().skip(TRAINING);
      }
      SeriesProgress result = series.result();
      assertThat(step(result, CHECKPOINT.formatted(50)).state()).isEqualTo(StepState.CANCELLED);
    }
  }

  @Test
  void aTrainingThatIsTakenBackIsTheModelThatItWouldHaveBeen() throws Exception {
    String other = "M2.base.evaluate.arc";
    StubSteps steps = failedScore();
    steps.hold(other);
    SeriesSpec goesOn =
        series(
                2,
                List.of(ITERATIVE),
                evaluation("gsm8k", Subject.FINETUNED),
                evaluation("arc", Subject.BASE))
            .deciding(null, List.of(ENOUGH));
    try (SeriesHarness series = new SeriesHarness(goesOn, steps)) {
      untilTrainingFailed(series, steps);
      series.workflow().skip(TRAINING);
      steps.heal(CHECKPOINT.formatted(50));
      steps.values.put(CHECKPOINT.formatted(50), 0.9);
      retryTraining(series, steps);
      series.until(p -> step(p, TRAINING).state() == StepState.DONE);
      steps.open(other);
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(50);
      assertThat(step(result, CHECKPOINT.formatted(50)).state()).isEqualTo(StepState.DONE);
    }
  }

  @Test
  void retryingTheTrainingTriesItsScoreAgainThoughTheTrainerHasDroppedTheCheckpoint()
      throws Exception {
    StubSteps steps = failedScore();
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      untilTrainingFailed(series, steps);
      steps.heal(CHECKPOINT.formatted(50));
      steps.values.put(CHECKPOINT.formatted(50), 0.9);
      steps.saving.clear();
      retryTraining(series, steps);
      assertThat(step(series.result(), TRAINING).finetuned().steps()).isEqualTo(50);
    }
  }

  @Test
  void scoresThatNobodyNeedsOnceACheckpointIsChosenAreGivenUp() throws Exception {
    StubSteps steps = training(50L, 100L, 150L);
    steps.values.put(CHECKPOINT.formatted(50), 0.8);
    StubSteps.Gate first = steps.hold(CHECKPOINT.formatted(50));
    steps.fail(CHECKPOINT.formatted(100), FailureKind.USER, "no such task");
    StubSteps.Gate last = steps.hold(CHECKPOINT.formatted(150));
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      first.awaitReached();
      last.awaitReached();
      series.until(
          p ->
              p.steps().stream()
                  .anyMatch(
                      s ->
                          s.id().equals(CHECKPOINT.formatted(100))
                              && s.state() == StepState.FAILED));
      first.open().countDown();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(50);
      assertThat(List.of(100, 150))
          .extracting(at -> step(result, CHECKPOINT.formatted(at)))
          .allSatisfy(
              score -> {
                assertThat(score.state()).isEqualTo(StepState.CANCELLED);
                assertThat(score.failure()).isNull();
                assertThat(score.note())
                    .isEqualTo("not needed: M2.iterative.finetune has its model");
              });
      // What its row tells is what was asked for.
      assertThat(result.models())
          .flatExtracting(ModelRow::scores)
          .filteredOn(score -> score.subject().equals("checkpoint"))
          .extracting(ModelRow.ScoreStep::step)
          .containsExactly(CHECKPOINT.formatted(50));
      assertThat(steps.cancelled).containsExactlyInAnyOrder(TRAINING, CHECKPOINT.formatted(150));
    }
  }

  @Test
  void aTrainingThatIsSkippedLeavesNoScoreOnADevice() throws Exception {
    String score = CHECKPOINT.formatted(50);
    StubSteps steps = training(50L);
    steps.fail(score, FailureKind.USER, "no such task");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      series.until(
          p ->
              p.steps().stream()
                  .anyMatch(s -> s.id().equals(score) && s.state() == StepState.FAILED));
      steps.heal(score);
      StubSteps.Gate scoring = steps.hold(score);
      series.workflow().retry(score);
      scoring.awaitReached();
      series.workflow().skip(TRAINING);
      SeriesProgress result = series.result();
      assertThat(steps.cancelled).containsExactlyInAnyOrder(TRAINING, score);
      assertThat(step(result, score).state()).isEqualTo(StepState.CANCELLED);
    }
  }

  /** A training whose one checkpoint is not among those that it leaves, and can't be scored. */
  private static StubSteps failedScore() {
    StubSteps steps = new StubSteps();
    steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(50L));
    steps.fail(CHECKPOINT.formatted(50), FailureKind.USER, "no such task");
    return steps;
  }

  /** The in-process server does not bear that what has just begun is cancelled. */
  private static void retryTraining(SeriesHarness series, StubSteps steps) throws Exception {
    StubSteps.Gate training = steps.hold(TRAINING);
    StubSteps.Gate score = steps.hold(CHECKPOINT.formatted(50));
    series.workflow().retry(TRAINING);
    training.awaitReached();
    score.awaitReached();
    score.open().countDown();
  }

  private static void untilTrainingFailed(SeriesHarness series, StubSteps steps) {
    series.until(
        p ->
            p.steps().stream()
                .anyMatch(
                    s -> s.id().equals(CHECKPOINT.formatted(50)) && s.state() == StepState.FAILED));
    steps.open(TRAINING);
    series.until(p -> step(p, TRAINING).state() == StepState.FAILED);
  }
}
