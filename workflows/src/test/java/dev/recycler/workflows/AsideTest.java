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
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.GateSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What needs no device waits behind nobody that uses one, and no step waits for it. */
@Timeout(120)
class AsideTest {
  private static final SeriesSpec TWO =
      series(
          2,
          List.of(ITERATIVE, PLAIN),
          evaluation("gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED));
  private static final SeriesSpec STOPPING =
      series(2, List.of(ITERATIVE), evaluation("gsm8k", Subject.FINETUNED))
          .deciding(
              null,
              List.of(new GateSpec(new Condition("gsm8k", ">=", 0.75, 1), GateSpec.Then.STOP)));
  private static final String TRAINING = "M2.iterative.finetune";
  private static final String AT_50 = "M2.iterative.checkpoint-50.evaluate.gsm8k";

  private static SeriesProgress run(SeriesSpec spec, StubSteps steps) {
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      return series.result();
    }
  }

  private static boolean isDone(SeriesProgress progress, String step) {
    return step(progress, step).state() == StepState.DONE;
  }

  @Test
  void aSeriesThatIsInTheStoreEndsThoughEveryDeviceIsInUse() {
    StubSteps first = new StubSteps(50L);
    run(TWO, first);
    StubSteps again = new StubSteps(50L);
    again.stored.addAll(first.started);
    try (SeriesHarness series = SeriesHarness.amongBusyWorkers(TWO, again)) {
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(result.steps())
          .filteredOn(step -> step.finetuned() != null || step.score() != null)
          .isNotEmpty()
          .allMatch(StepProgress::reused);
      assertThat(again.started)
          .noneMatch(step -> step.endsWith(".finetune") || step.contains(".evaluate."));
    }
  }

  @Test
  void aLookUpThatFailsIsNotTheStepsFailure() {
    StubSteps steps = new StubSteps();
    steps.failWith(
        "look-up M1.plain.finetune", ApplicationFailure.newFailure("no disk", "MACHINE"));
    steps.failWith(
        "look-up M1.base.evaluate.gsm8k", ApplicationFailure.newFailure("no disk", "MACHINE"));
    assertThat(run(TWO, steps).state()).isEqualTo(SeriesState.FINISHED);
    assertThat(steps.lookedUp).doesNotHaveDuplicates();
    assertThat(steps.started)
        .contains("M1.plain.finetune", "M1.base.evaluate.gsm8k")
        .doesNotHaveDuplicates();
  }

  @Test
  void whereNobodyLooksEveryStepIsDoneAsEver() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = SeriesHarness.amongOldWorkers(TWO, steps)) {
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.lookedUp).isEmpty();
      assertThat(steps.started).contains("prepare", "M1.plain.finetune").doesNotHaveDuplicates();
    }
  }

  @Test
  void whatIsMadeFromANewTrainingIsNotLookedFor() {
    StubSteps steps = new StubSteps(50L);
    run(TWO, steps);
    assertThat(steps.lookedUp)
        .containsExactlyInAnyOrder(
            "look-up M1.base.evaluate.gsm8k",
            "look-up M2.base.evaluate.gsm8k",
            "look-up M1.plain.finetune",
            "look-up M2.plain.finetune");
  }

  @Test
  void aSeriesThatIsCancelledWhileItLooksBeginsNothing() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate looking = steps.hold("look-up M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      looking.awaitReached();
      // The in-process server does not bear a cancellation of what ends at the same moment.
      series.until(
          p ->
              List.of("base", "plain.finetuned").stream()
                      .allMatch(of -> isDone(p, "M2." + of + ".evaluate.gsm8k"))
                  && isDone(p, "M1.base.evaluate.gsm8k"));
      series.stub().cancel();
      assertThatThrownBy(series::result).isInstanceOf(WorkflowFailedException.class);
      assertThat(steps.cancelled).containsExactly("look-up M1.plain.finetune");
      assertThat(steps.started).doesNotContain("M1.plain.finetune");
    }
  }

  @Test
  void aTrainingIsWatchedWhereItCanBeRun() {
    StubSteps steps = new StubSteps();
    steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(50L));
    steps.values.put(AT_50, 0.8);
    run(STOPPING, steps);
    assertThat(steps.watchedOn).containsExactly("test-train-aside");
  }

  @Test
  void ofATrainingToItsEndInTheStoreTheGoodCheckpointIsTakenStill() {
    StubSteps steps = new StubSteps(50L);
    steps.stored.addAll(List.of("M1.iterative.finetune", TRAINING));
    steps.values.put(AT_50, 0.8);
    SeriesProgress result = run(STOPPING, steps);
    assertThat(step(result, TRAINING).note()).startsWith("stopped at step 50");
    assertThat(steps.started).contains("stop " + TRAINING).doesNotContain(TRAINING);
  }

  @Test
  void aKeptCheckpointThatIsDamagedIsKeptAgainAndScored() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate training = steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(50L));
    steps.values.put(AT_50, 0.8);
    steps.loseInputOnce(AT_50, StubSteps.pathOf(TRAINING + "@50"));
    try (SeriesHarness series = new SeriesHarness(STOPPING, steps)) {
      training.awaitReached();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).note()).startsWith("stopped at step 50");
      assertThat(steps.count("keep " + TRAINING + "@50")).isEqualTo(1);
      assertThat(steps.count(AT_50)).isEqualTo(2);
    }
  }

  @Test
  void aKeptCheckpointThatIsLostForGoodIsSaidToBeAndCanBeSkipped() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate training = steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(50L));
    steps.loseInput(AT_50, StubSteps.pathOf(TRAINING + "@50"));
    steps.failWith(
        "keep " + TRAINING + "@50",
        ApplicationFailure.newNonRetryableFailure(
            "its trainer does not have it", FailureKind.MACHINE.name()));
    try (SeriesHarness series = new SeriesHarness(STOPPING, steps)) {
      training.awaitReached();
      SeriesProgress failed =
          series.until(
              p ->
                  p.steps().stream()
                      .anyMatch(s -> s.id().equals(AT_50) && s.state() == StepState.FAILED));
      assertThat(step(failed, AT_50).failure()).isEqualTo("its trainer does not have it");
      series.workflow().skip(AT_50);
      training.open().countDown();
      SeriesProgress result = series.result();
      assertThat(step(result, TRAINING).state()).isEqualTo(StepState.DONE);
      assertThat(step(result, TRAINING).note()).isNull();
    }
  }

  @Test
  void aSeriesThatIsPausedWhileItLooksBeginsNothing() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate looking = steps.hold("look-up M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      looking.awaitReached();
      series.workflow().pause();
      looking.open().countDown();
      series.until(p -> step(p, "M1.plain.finetune").state() == StepState.WAITING);
      assertThat(steps.started).doesNotContain("M1.plain.finetune");
      series.workflow().resume();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
    }
  }

  @Test
  void aStepThatIsSkippedWhileItLooksTakesNoOtherAlong() throws Exception {
    SeriesSpec many = series(36, List.of(PLAIN), evaluation("gsm8k", Subject.BASE));
    StubSteps steps = new StubSteps();
    for (int i = 1; i <= 36; i++) {
      steps.hold("look-up M%d.base.evaluate.gsm8k".formatted(i));
    }
    try (SeriesHarness series = new SeriesHarness(many, steps)) {
      String first = "M1.base.evaluate.gsm8k";
      series.until(
          p ->
              p.steps().stream()
                      .filter(s -> s.kind() == StepKind.EVALUATE && s.state() == StepState.RUNNING)
                      .count()
                  == StepOptions.atOnce(StepKind.EVALUATE));
      series.workflow().skip(first);
      series.until(p -> step(p, first).state() == StepState.CANCELLED);
      for (int i = 2; i <= 36; i++) {
        steps.open("look-up M%d.base.evaluate.gsm8k".formatted(i));
      }
      assertThat(series.result().steps())
          .filteredOn(s -> s.state() != StepState.DONE)
          .extracting(StepProgress::id)
          .containsExactly(first);
    }
  }
}
