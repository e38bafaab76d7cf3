package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.spec.Strategy;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Report FIVE =
      Report.of(SyntheticSeries.five().progress(SyntheticSeries.END));

  @Test
  void theRowsAreThePapersInItsOrder() {
    assertThat(table(FIVE).rows())
        .extracting(ScoreTable.Row::label)
        .containsExactly(
            "M_i", "M_i + Δdir", "FT(M_i + Δdir)", "M_i + Δiter", "FT(M_i + Δiter)", "FT(M_i)");
  }

  @Test
  void theStepsBesideAScoreAreThoseOfAllItsFineTunings() {
    assertThat(cell(FIVE, ModelKind.BASE, 4).cumulativeSteps()).isZero();
    assertThat(cell(FIVE, ModelKind.PLAIN, 4).cumulativeSteps()).isEqualTo(100);
    assertThat(cell(FIVE, ModelKind.DIRECT_MERGED, 4).cumulativeSteps()).isEqualTo(100);
    assertThat(cell(FIVE, ModelKind.DIRECT, 4).cumulativeSteps()).isEqualTo(200);
    assertThat(cell(FIVE, ModelKind.ITERATIVE_MERGED, 4).cumulativeSteps()).isEqualTo(400);
    assertThat(cell(FIVE, ModelKind.ITERATIVE, 4).cumulativeSteps()).isEqualTo(500);
  }

  @Test
  void theBestIsMarkedOnlyBeyondNoise() {
    assertThat(best(FIVE, 0)).containsExactly(ModelKind.PLAIN);
    assertThat(best(FIVE, 1)).containsExactly(ModelKind.DIRECT, ModelKind.ITERATIVE);
    assertThat(best(FIVE, 4)).containsExactly(ModelKind.ITERATIVE);
    // 36.8 ± 3.4 against 34.0 ± 3.4
    assertThat(best(Report.of(SyntheticSeries.many(100).progress(SyntheticSeries.END)), 2))
        .isEmpty();
  }

  @Test
  void nothingIsCalledBestWhereAModelOfTheReleaseIsNotScoredYet() {
    Report half = Report.of(SyntheticSeries.five().progress(150));
    assertThat(cell(half, ModelKind.PLAIN, 3).value()).isEqualTo(0.305);
    assertThat(best(half, 3)).isEmpty();
  }

  @Test
  void nothingIsCalledBestWithoutStandardErrors() {
    Report report =
        Report.of(SyntheticSeries.five().withoutStandardErrors().progress(SyntheticSeries.END));
    assertThat(best(report, 4)).isEmpty();
    assertThat(report.findings())
        .contains(
            "FT(M5 + Δiter) 84.5 stands beside FT(M5) 35.0; it has had 500 fine-tuning steps,"
                + " FT(M5) 100; without standard errors the difference can't be told from noise.")
        .noneMatch(sentence -> sentence.contains("beyond noise"));
  }

  @Test
  void aModelThatStrategiesShareIsMarkedAndListedOnce() {
    assertThat(cell(FIVE, ModelKind.ITERATIVE, 1).sameAs()).isEqualTo(ModelKind.DIRECT);
    assertThat(cell(FIVE, ModelKind.ITERATIVE, 2).sameAs()).isNull();
    assertThat(FIVE.models())
        .filteredOn(place -> place.step().equals("M2.direct.finetune"))
        .singleElement()
        .satisfies(
            place -> {
              assertThat(place.label()).isEqualTo("FT(M2 + Δdir)");
              assertThat(place.alsoKnownAs()).containsExactly("FT(M2 + Δiter)");
            });
  }

  @Test
  void theFirstReleaseOfIterativeAloneIsScoredUnderItsOwnName() {
    Report report =
        Report.of(SyntheticSeries.only(Strategy.ITERATIVE).progress(SyntheticSeries.END));
    assertThat(cell(report, ModelKind.ITERATIVE, 0).scored()).isTrue();
    assertThat(report.models())
        .extracting(Place::label)
        .containsExactly("M1", "FT(M1)", "M2", "M2 + Δiter", "FT(M2 + Δiter)");
  }

  @Test
  void gapsSayWhyTheyAreThere() {
    SeriesProgress failed =
        SyntheticSeries.five()
            .failing("M3.iterative.finetune", "no")
            .failing("M4.base.evaluate.sums", "no")
            .progress(SyntheticSeries.END);
    Report report = Report.of(failed);
    assertThat(cell(report, ModelKind.BASE, 3).state()).isEqualTo(Cell.State.FAILED);
    assertThat(cell(report, ModelKind.ITERATIVE, 2).state()).isEqualTo(Cell.State.FAILED);
    assertThat(cell(report, ModelKind.ITERATIVE, 3).state()).isEqualTo(Cell.State.BLOCKED);
    assertThat(cell(report, ModelKind.ITERATIVE, 0).state()).isEqualTo(Cell.State.NO_MODEL);
    assertThat(report.failures()).hasSize(2);
    Report half = Report.of(SyntheticSeries.five().progress(150));
    assertThat(cell(half, ModelKind.DIRECT, 2).state()).isEqualTo(Cell.State.RUNNING);
    assertThat(cell(half, ModelKind.DIRECT, 4).state()).isEqualTo(Cell.State.WAITING);
    Report cancelled = Report.of(SyntheticSeries.five().cancelled(150));
    assertThat(cell(cancelled, ModelKind.DIRECT, 4).state()).isEqualTo(Cell.State.CANCELLED);
  }

  @Test
  void aCurveStartsAtTheModelItStartsFromAndEndsAtTheFineTunedOne() {
    Convergence m5 = FIVE.convergence().getFirst();
    assertThat(m5.release()).isEqualTo("M5");
    assertThat(m5.curves())
        .extracting(Convergence.Curve::label)
        .containsExactly("FT(M5 + Δdir)", "FT(M5 + Δiter)", "FT(M5)");
    Convergence.Curve iterative = m5.curves().get(1);
    assertThat(iterative.points())
        .extracting(Convergence.Point::steps)
        .containsExactly(0L, 50L, 100L);
    assertThat(iterative.points())
        .extracting(Convergence.Point::value)
        .containsExactly(0.7, 0.55, 0.845);
    assertThat(m5.curves().get(2).points().getFirst().value()).isEqualTo(0.01);
    assertThat(FIVE.convergence()).hasSize(1);
  }

  @Test
  void aCurveThatStrategiesShareBearsBothNames() {
    Report two = Report.of(SyntheticSeries.two().progress(SyntheticSeries.END));
    assertThat(two.convergence().getFirst().curves())
        .extracting(Convergence.Curve::label)
        .containsExactly("FT(M2 + Δdir) = FT(M2 + Δiter)", "FT(M2)");
  }

  @Test
  void sentencesSayWhatHoldsAndWhatIsWithinNoise() {
    assertThat(FIVE.findings())
        .contains(
            "FT(M_i + Δiter) is above FT(M_i) beyond noise at 4 of 4 releases (M2, M3, M4, M5).",
            "FT(M5 + Δiter) 84.5 ± 2.6 is above FT(M5) 35.0 ± 3.4 by 49.5 points, 11.7 standard"
                + " errors; it has had 500 fine-tuning steps, FT(M5) 100.",
            "FT(M_i + Δdir) is above FT(M_i) beyond noise at 1 of 4 releases (M2), within noise of"
                + " it at 3 (M3, M4, M5).",
            "FT(M5 + Δdir) 34.5 ± 3.4 is within noise of FT(M5) 35.0 ± 3.4; it has had 200"
                + " fine-tuning steps, FT(M5) 100.",
            "Before any step of its own, FT(M5 + Δiter) scores 70.0 ± 3.2, above what FT(M5) scores"
                + " after 100 steps (35.0 ± 3.4) by 35.0 points, 7.5 standard errors.");
  }

  @Test
  void whatHoldsOfModelsThatStrategiesShareIsSaidOnce() {
    Report two = Report.of(SyntheticSeries.many(2).progress(SyntheticSeries.END));
    assertThat(two.findings())
        .containsExactly(
            "FT(M2 + Δiter) 65.0 ± 3.4 is within noise of FT(M2) 60.0 ± 3.5; it has had 200"
                + " fine-tuning steps, FT(M2) 100.",
            "M2 + Δiter 50.0 ± 3.5 is above M2 40.0 ± 3.5 by 10.0 points, 2.0 standard errors.");
  }

  @Test
  void costsLeaveOutWhatWasFoundInTheStore() {
    Report report =
        Report.of(
            SyntheticSeries.five().reusing("M1.plain.finetune").progress(SyntheticSeries.END));
    assertThat(report.costs())
        .filteredOn(cost -> cost.kind().name().equals("FINETUNE"))
        .containsExactly(new Cost(StepKind.FINETUNE, 12, 12, 1, 0, 11 * 14, null, null, null));
  }

  @Test
  void aNoteCanBeAdded() {
    assertThat(FIVE.withNote("A demonstration.").notes()).endsWith("A demonstration.");
  }

  private static ScoreTable table(Report report) {
    return report.tables().getFirst();
  }

  private static Cell cell(Report report, ModelKind model, int release) {
    return table(report).cell(model, release).orElseThrow();
  }

  private static List<ModelKind> best(Report report, int release) {
    return table(report).rows().stream()
        .filter(row -> row.cells().get(release).best())
        .map(ScoreTable.Row::model)
        .toList();
  }
}
