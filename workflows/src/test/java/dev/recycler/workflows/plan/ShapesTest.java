package dev.recycler.workflows.plan;

import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.spec.Matrix;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import dev.recycler.workflows.spec.TransferSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The shapes of the paper's experiments, counted. */
class ShapesTest {
  private static final Subject[] ALL = {Subject.BASE, Subject.MERGED, Subject.FINETUNED};

  @Test
  void theMatrixOverFourReleasesMakesTheStepsItShould() {
    SeriesSpec spec = matrix(List.of(Strategy.PLAIN), Matrix.TRANSFER);
    assertThat(counts(spec))
        .isEqualTo(
            Map.of(
                StepKind.PREPARE, 1L,
                StepKind.FETCH, 4L,
                StepKind.FINETUNE, 4L,
                StepKind.MERGE, 12L,
                StepKind.EVALUATE, 4L + 4L + 12L));
    assertThat(ids(spec)).contains("M2.from-M1.merge", "M1.from-M4.merged.evaluate.gsm8k");
  }

  @Test
  void theMatrixThenFineTunedAddsTwelveTrainingsAndTheirScores() {
    assertThat(counts(matrix(List.of(Strategy.PLAIN), Matrix.TRANSFER_THEN_FINETUNE)))
        .isEqualTo(
            Map.of(
                StepKind.PREPARE, 1L,
                StepKind.FETCH, 4L,
                StepKind.FINETUNE, 16L,
                StepKind.MERGE, 12L,
                StepKind.EVALUATE, 4L + 4L + 12L + 12L));
  }

  @Test
  void whatTheMatrixAndTheStrategiesShareIsOneStep() {
    List<Strategy> all = List.of(Strategy.PLAIN, Strategy.DIRECT, Strategy.ITERATIVE);
    Map<StepKind, Long> alone = counts(series(4, all, evaluation("gsm8k", Subject.BASE, ALL)));
    Map<StepKind, Long> both = counts(matrix(all, Matrix.TRANSFER_THEN_FINETUNE));
    // M2 + Δ1, M3 + Δ2 and M4 + Δ3 are direct recycling's.
    assertThat(both.get(StepKind.MERGE)).isEqualTo(alone.get(StepKind.MERGE) + 12 - 3);
    assertThat(both.get(StepKind.FINETUNE)).isEqualTo(alone.get(StepKind.FINETUNE) + 12 - 3);
    assertThat(ids(matrix(all, Matrix.TRANSFER))).contains("M2.direct.merge");
  }

  @Test
  void theControlSharesItsFirstTraining() {
    SeriesSpec spec = series(3, List.of(Strategy.ITERATIVE, Strategy.PLAIN_CUMULATIVE));
    assertThat(ids(spec))
        .containsExactly(
            "prepare",
            "M1.fetch",
            "M1.iterative.finetune",
            "M2.fetch",
            "M2.iterative.merge",
            "M2.iterative.finetune",
            "M2.plain-cumulative.finetune",
            "M3.fetch",
            "M3.iterative.merge",
            "M3.iterative.finetune",
            "M3.plain-cumulative.finetune");
  }

  @Test
  void aTransferOfAPublicModelTrainsNothing() {
    SeriesSpec spec =
        transfers(
            new TransferSpec("L31.from-SFT", "SFT", false, "M1", "M2", List.of(), false),
            new TransferSpec("half", "SFT", false, "M1", "M2", List.of(0.5, 1.5), false));
    assertThat(ids(spec))
        .containsExactly(
            "prepare",
            "M1.fetch",
            "M1.base.evaluate.gsm8k",
            "M2.fetch",
            "M2.base.evaluate.gsm8k",
            "SFT.fetch",
            "L31.from-SFT.merge",
            "SFT.finetuned.evaluate.gsm8k",
            "L31.from-SFT.merged.evaluate.gsm8k",
            "half.x0.5.merge",
            "half.x0.5.merged.evaluate.gsm8k",
            "half.x1.5.merge",
            "half.x1.5.merged.evaluate.gsm8k");
  }

  @Test
  void aModelThatIsTunedFromAnInstructModelGoesToAnother() {
    SeriesSpec spec =
        transfers(
            new TransferSpec("de", "SFT", true, "SFT", "M2", List.of(), true),
            new TransferSpec("M2.from-M1", "M1", true, "M1", "M2", List.of(), false));
    assertThat(ids(spec))
        .contains(
            "SFT.plain.finetune",
            "SFT.plain.finetuned.evaluate.gsm8k",
            "de.merge",
            "de.finetune",
            "de.finetuned.evaluate.gsm8k",
            "M1.plain.finetune",
            "M2.from-M1.merge");
  }

  @Test
  void everyStepStandsAfterThoseItNeeds() {
    List<PlannedStep> steps =
        Plan.of(matrix(List.of(Strategy.values()), Matrix.TRANSFER_THEN_FINETUNE)).steps();
    List<String> ids = steps.stream().map(PlannedStep::id).toList();
    assertThat(ids).doesNotHaveDuplicates();
    for (PlannedStep step : steps) {
      for (String need : step.needs()) {
        assertThat(ids.indexOf(need)).as(step.id()).isBetween(0, ids.indexOf(step.id()) - 1);
      }
    }
  }

  private static SeriesSpec matrix(List<Strategy> strategies, Matrix matrix) {
    return series(4, strategies, evaluation("gsm8k", Subject.BASE, ALL))
        .with(List.of(), List.of(), matrix);
  }

  private static SeriesSpec transfers(TransferSpec... transfers) {
    SeriesSpec spec = series(2, List.of(), evaluation("gsm8k", Subject.BASE, ALL));
    return spec.with(List.of(new Release("SFT", "/models/sft")), List.of(transfers), null);
  }

  private static List<String> ids(SeriesSpec spec) {
    return Plan.of(spec).steps().stream().map(PlannedStep::id).toList();
  }

  private static Map<StepKind, Long> counts(SeriesSpec spec) {
    return Collections.unmodifiableMap(
        Plan.of(spec).steps().stream()
            .map(PlannedStep::kind)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())));
  }
}
