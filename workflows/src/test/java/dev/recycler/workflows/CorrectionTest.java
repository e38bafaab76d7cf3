package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.DIRECT;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.client.WorkflowUpdateException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A corrected file that a running series takes up. */
@Timeout(120)
class CorrectionTest {
  private static final EvaluationSpec SCORE =
      evaluation("gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED, Subject.CHECKPOINTS);
  private static final SeriesSpec TWO = series(2, List.of(PLAIN, DIRECT), SCORE);

  @Test
  void anotherRecipeTrainsAgainAndLeavesTheBasesAlone() throws Exception {
    StubSteps steps = new StubSteps(50L);
    StubSteps.Gate gate = steps.hold("M2.direct.finetune");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      gate.awaitReached();
      series.until(
          p ->
              step(p, "M2.plain.checkpoint-50.evaluate.gsm8k").state() == StepState.DONE
                  && step(p, "M2.direct.merged.evaluate.gsm8k").state() == StepState.DONE
                  && step(p, "M1.plain.finetuned.evaluate.gsm8k").state() == StepState.DONE
                  && step(p, "M2.plain.finetuned.evaluate.gsm8k").state() == StepState.DONE
                  && step(p, "M1.plain.checkpoint-50.evaluate.gsm8k").state() == StepState.DONE
                  && step(p, "M2.base.evaluate.gsm8k").state() == StepState.DONE);
      // Two trainings with their four scores, the merge with its one, the training that runs, and
      // what was pinned.
      assertThat(series.workflow().update(recipe("2e-3"))).isEqualTo(2 + 4 + 1 + 1 + 1 + 1);
      series.until(p -> !steps.cancelled.isEmpty());
      gate.open().countDown();
      SeriesProgress result = series.result();
      assertThat(result.spec()).isEqualTo(recipe("2e-3"));
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.cancelled).containsExactly("M2.direct.finetune");
      assertThat(steps.recipes.values())
          .allSatisfy(r -> assertThat(r.arguments()).containsEntry("learning_rate", "2e-3"));
      assertThat(steps.started)
          .filteredOn(id -> id.endsWith(".fetch") || id.contains(".base."))
          .doesNotHaveDuplicates();
      assertThat(steps.count("M1.plain.finetune")).isEqualTo(2);
      assertThat(steps.count("M1.plain.checkpoint-50.evaluate.gsm8k")).isEqualTo(2);
    }
  }

  @Test
  void anotherScoreTrainsNothing() {
    StubSteps steps = new StubSteps(50L);
    steps.fail("M2.base.evaluate.gsm8k", FailureKind.USER, "no such task");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      steps.heal("M2.base.evaluate.gsm8k");
      SeriesSpec corrected =
          series(
              2,
              List.of(PLAIN, DIRECT),
              evaluation("arc", Subject.BASE, Subject.FINETUNED, Subject.CHECKPOINTS));
      series.workflow().update(corrected);
      SeriesProgress result = series.result();
      assertThat(steps.count("finetune")).isEqualTo(3);
      assertThat(steps.count("merge")).isEqualTo(1);
      assertThat(steps.count(".evaluate.arc")).isEqualTo(2 + 3 + 3);
      assertThat(result.steps()).noneMatch(step -> step.id().endsWith("gsm8k"));
    }
  }

  @Test
  void whatRunsAndStaysIsFinishedFirst() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      gate.awaitReached();
      series.workflow().update(merging(0.5));
      assertThat(series.workflow().progress().message()).contains("takes up a corrected file");
      assertRefused(() -> series.workflow().update(merging(0.5)), "the file changes nothing");
      gate.open().countDown();
      series.result();
      assertThat(steps.count("M1.plain.finetune")).isEqualTo(1);
      assertThat(steps.cancelled).isEmpty();
      assertThat(steps.scales).containsEntry("M2.direct.merge", 0.5);
    }
  }

  /** A training that stays may take weeks. */
  @Test
  void aFileThatIsToBeTakenUpCanBeCorrectedAgainAndGetReleases() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      gate.awaitReached();
      series.workflow().update(merging(0.5));
      series.workflow().update(merging(0.7));
      series.workflow().addRelease(new Release("M3", "/models/m3"));
      assertRefused(
          () -> series.workflow().addRelease(new Release("M3", "/models/other")),
          "has a release M3 already");
      gate.open().countDown();
      SeriesProgress result = series.result();
      assertThat(steps.count("M1.plain.finetune")).isEqualTo(1);
      assertThat(steps.scales)
          .containsEntry("M2.direct.merge", 0.7)
          .containsEntry("M3.direct.merge", 0.7);
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
    }
  }

  /** What the first correction ended is not kept by a second one that would have kept it. */
  @Test
  void aCorrectionThatIsTakenBackBringsBackWhatItEnded() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate training = steps.hold("M2.plain.finetune");
    StubSteps.Gate merging = steps.hold("M2.direct.merge");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      training.awaitReached();
      merging.awaitReached();
      series.workflow().update(merging(0.5));
      series.until(p -> steps.cancelled.contains("M2.direct.merge"));
      series.workflow().update(TWO);
      merging.open().countDown();
      training.open().countDown();
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(result.steps()).allMatch(step -> step.state() == StepState.DONE);
      assertThat(steps.scales).containsEntry("M2.direct.merge", 1.0);
    }
  }

  @Test
  void aFileThatIsNoCorrectionIsRefused() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      gate.awaitReached();
      assertRefused(() -> series.workflow().update(TWO), "the file changes nothing");
      assertRefused(
          () -> series.workflow().update(elsewhere("other", "/store")), "is of series other");
      assertRefused(
          () -> series.workflow().update(elsewhere("toy", "/b")), "can't be changed while it runs");
      gate.open().countDown();
      series.result();
    }
  }

  private static void assertRefused(Runnable request, String words) {
    assertThatThrownBy(request::run)
        .isInstanceOf(WorkflowUpdateException.class)
        .cause()
        .hasMessageContaining(words);
  }

  private static SeriesSpec recipe(String rate) {
    return with("toy", "/store", rate, 1);
  }

  private static SeriesSpec merging(double scale) {
    return with("toy", "/store", "1e-3", scale);
  }

  private static SeriesSpec elsewhere(String name, String store) {
    return with(name, store, "1e-3", 1);
  }

  private static SeriesSpec with(String name, String store, String rate, double scale) {
    return new SeriesSpec(
        name,
        store,
        TWO.releases(),
        TWO.strategies(),
        new FinetuneSpec(
            "trl", null, "/data/train", Map.of("learning_rate", rate), Map.of("A", "b")),
        MergeSpec.DEFAULT.withScale(scale),
        TWO.evaluate());
  }
}
