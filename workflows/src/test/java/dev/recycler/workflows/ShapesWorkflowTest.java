package dev.recycler.workflows;

import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static dev.recycler.workflows.spec.Strategy.PLAIN_CUMULATIVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.Matrix;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import dev.recycler.workflows.spec.TransferSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shapes of the paper's experiments beside its strategies, carried out. */
@Timeout(120)
class ShapesWorkflowTest {
  @Test
  void theMatrixOverFourReleasesIsCarriedOutStepByPlannedStep() {
    SeriesSpec spec =
        series(4, List.of(PLAIN), evaluation("gsm8k", Subject.BASE, Subject.MERGED))
            .with(List.of(), List.of(), Matrix.TRANSFER_THEN_FINETUNE);
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      SeriesProgress result = series.result();
      assertThat(steps.started)
          .containsExactlyInAnyOrderElementsOf(
              Plan.of(spec).steps().stream().map(PlannedStep::id).toList());
      assertThat(result.models())
          .filteredOn(row -> row.transfer() != null)
          .hasSize(12)
          .allSatisfy(row -> assertThat(row.scores()).hasSize(1))
          .extracting(ModelRow::finetuneStep)
          .doesNotContainNull();
    }
  }

  @Test
  void aReleaseThatIsAddedGetsItsRowAndColumnOfTheMatrix() throws InterruptedException {
    SeriesSpec spec = series(2, List.of(PLAIN)).with(List.of(), List.of(), Matrix.TRANSFER);
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M2.from-M1.merge");
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      gate.awaitReached();
      series.workflow().addRelease(new Release("M3", "/models/m3"));
      gate.open().countDown();
      series.result();
      assertThat(steps.count(".merge")).isEqualTo(6);
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void theControlIsTrainedAsLongAsIterativeHasBeenByThen() {
    FinetuneSpec recipe =
        new FinetuneSpec("trl", null, "/data/train", Map.of("max_steps", "100"), Map.of());
    SeriesSpec three = series(3, List.of(ITERATIVE, PLAIN_CUMULATIVE));
    SeriesSpec spec =
        new SeriesSpec(
            "toy",
            "/store",
            three.releases(),
            three.strategies(),
            recipe,
            MergeSpec.DEFAULT,
            List.of());
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      series.result();
    }
    assertThat(steps.recipes.get("M1.iterative.finetune").arguments())
        .containsEntry("max_steps", "100");
    assertThat(steps.recipes.get("M3.iterative.finetune").arguments())
        .containsEntry("max_steps", "100");
    assertThat(steps.recipes.get("M3.plain-cumulative.finetune").arguments())
        .containsEntry("max_steps", "300");
  }

  @Test
  void eachTransferIsMergedWithItsOwnScale() {
    SeriesSpec spec =
        series(2, List.of())
            .with(
                List.of(new Release("SFT", "/models/sft")),
                List.of(
                    new TransferSpec("all", "SFT", false, "M1", "M2", List.of(), false),
                    new TransferSpec("some", "SFT", false, "M1", "M2", List.of(0.5, 2.0), false)),
                null);
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      series.result();
    }
    assertThat(steps.scales)
        .isEqualTo(Map.of("all.merge", 1.0, "some.x0.5.merge", 0.5, "some.x2.merge", 2.0));
    assertThat(steps.count("finetune")).isZero();
  }
}
