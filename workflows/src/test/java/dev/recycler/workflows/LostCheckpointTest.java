package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.GateSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A kept checkpoint that was to become the model, and whose bytes are damaged or gone. */
@Timeout(60)
class LostCheckpointTest {
  private static final String TRAINING = "M2.iterative.finetune";
  private static final String AT_50 = "M2.iterative.checkpoint-50.evaluate.gsm8k";
  private static final String AT_100 = "M2.iterative.checkpoint-100.evaluate.gsm8k";
  private static final String STOP = "stop " + TRAINING;
  private static final String KEEP = "keep " + TRAINING + "@50";
  private static final String PATH = StubSteps.pathOf(TRAINING + "@50");

  private static SeriesSpec stopping(int releases) {
    return series(releases, List.of(ITERATIVE), evaluation("gsm8k", Subject.FINETUNED))
        .deciding(
            null, List.of(new GateSpec(new Condition("gsm8k", ">=", 0.75, 1), GateSpec.Then.STOP)));
  }

  private static StubSteps training(Long... saved) {
    StubSteps steps = new StubSteps();
    steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(saved));
    steps.values.put(AT_50, 0.8);
    return steps;
  }

  /** Scores of checkpoints are steps once their training has come to those. */
  private static boolean isNow(SeriesProgress progress, String step, StepState state) {
    return progress.steps().stream().anyMatch(s -> s.id().equals(step) && s.state() == state);
  }

  @Test
  void isKeptAgainWhereItsTrainerHasIt() {
    StubSteps steps = training(50L);
    steps.loseInputOnce(STOP, PATH);
    try (SeriesHarness series = new SeriesHarness(stopping(2), steps)) {
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).note()).startsWith("stopped at step 50");
      assertThat(steps.count(KEEP)).isEqualTo(1);
      assertThat(steps.count(TRAINING)).as("training and two stops").isEqualTo(3);
    }
  }

  @Test
  void isTrainedAgainWhereItsTrainerDoesNot() {
    StubSteps steps = training(50L);
    steps.loseInputOnce(STOP, PATH);
    steps.loseInput(KEEP, PATH);
    try (SeriesHarness series = new SeriesHarness(stopping(2), steps)) {
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(50);
      assertThat(step(result, AT_50).state()).isEqualTo(StepState.DONE);
      assertThat(step(result, AT_50).note()).isNull();
      assertThat(steps.started).filteredOn(TRAINING::equals).hasSize(2);
      assertThat(steps.count(AT_50)).isEqualTo(2);
    }
  }

  @Test
  void isNoCandidateAnyMoreWhereTheTrainingDoesNotComeToItAgain() throws Exception {
    StubSteps steps = training(50L);
    steps.values.put(AT_100, 0.9);
    steps.loseInput(STOP, PATH);
    steps.loseInput(KEEP, PATH);
    StubSteps.Gate keeping = steps.hold(KEEP);
    try (SeriesHarness series = new SeriesHarness(stopping(2), steps)) {
      keeping.awaitReached();
      steps.saving.put(TRAINING, List.of(100L));
      steps.heal(STOP);
      keeping.open().countDown();
      SeriesProgress result = series.result();
      StepProgress lost = step(result, AT_50);
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(100);
      assertThat(lost.state()).isEqualTo(StepState.CANCELLED);
      assertThat(lost.note()).isEqualTo("the bytes of its checkpoint are lost");
    }
  }

  @Test
  void isMadeAgainWithTheModelThatItHadBecome() throws Exception {
    String merge = "M3.iterative.merge";
    StubSteps steps = training(50L);
    StubSteps.Gate merging = steps.hold(merge);
    try (SeriesHarness series = new SeriesHarness(stopping(3), steps)) {
      merging.awaitReached();
      steps.loseInputOnce(merge, PATH);
      steps.loseInputOnce(STOP, PATH);
      steps.loseInput(KEEP, PATH);
      merging.open().countDown();
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(50);
      assertThat(step(result, merge).state()).isEqualTo(StepState.DONE);
    }
  }

  /** On a real server only: the in-process one gives what is asked for here another number. */
  @Test
  @EnabledIfSystemProperty(named = "recycler.test.server", matches = ".+")
  void makesRoomForTheNextThoughThatWasNotNeededBefore() throws Exception {
    String merge = "M3.iterative.merge";
    String last = "M2.iterative.checkpoint-150.evaluate.gsm8k";
    StubSteps steps = training(50L, 100L, 150L);
    steps.values.put(AT_100, 0.9);
    steps.values.put(last, 0.9);
    StubSteps.Gate merging = steps.hold(merge);
    StubSteps.Gate first = steps.hold(AT_50);
    steps.fail(AT_100, FailureKind.USER, "no such task");
    try (SeriesHarness series = new SeriesHarness(stopping(3), steps)) {
      first.awaitReached();
      series.until(p -> isNow(p, last, StepState.DONE) && isNow(p, AT_100, StepState.FAILED));
      first.open().countDown();
      merging.awaitReached();
      series.until(p -> step(p, AT_100).state() == StepState.CANCELLED);
      steps.heal(AT_100);
      steps.saving.put(TRAINING, List.of(100L));
      steps.loseInputOnce(merge, PATH);
      steps.loseInputOnce(STOP, PATH);
      steps.loseInput(KEEP, PATH);
      merging.open().countDown();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).finetuned().steps()).isEqualTo(100);
      assertThat(step(result, AT_100).state()).isEqualTo(StepState.DONE);
      assertThat(step(result, AT_50).state()).isEqualTo(StepState.CANCELLED);
    }
  }
}
