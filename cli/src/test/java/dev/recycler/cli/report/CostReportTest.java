package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a series took by its store's records, and what recycling saved. */
class CostReportTest {
  private static final Terminal UNICODE = Terminal.plain(true, ZoneId.of("Europe/Berlin"));
  private static final Offset<Double> EXACT = Offset.offset(1e-9);

  /** Four GPUs for an hour and a half, of which a quarter was in vain; scores on one GPU. */
  private static final Ledger LEDGER =
      step ->
          step.endsWith(".finetune")
              ? Optional.of(new Spent(5400, 4, 1350, 2, 15L << 30))
              : step.contains(".evaluate.")
                  ? Optional.of(new Spent(120, 1, 0, 1, 40_000))
                  : step.endsWith(".merge")
                      ? Optional.of(new Spent(6, 0, 0, 1, 15L << 30))
                      : Optional.empty();

  private static final SeriesProgress FIVE =
      SyntheticSeries.five().reusing("M1.plain.finetune").progress(SyntheticSeries.END);

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "MARKDOWN", "HTML"})
  void costsLookLikeThis(ReportFormat format) {
    Golden.check(
        "report/costs." + format.extension(), format.render(Report.of(FIVE, LEDGER), UNICODE));
  }

  @Test
  void gpuTimeIsThatOfStepsWhichDidWorkAndWasteStandsApart() {
    Cost finetune = cost(Report.of(FIVE, LEDGER), StepKind.FINETUNE);
    assertThat(finetune.gpuSeconds()).isCloseTo(11 * 5400 * 4.0, EXACT);
    assertThat(finetune.gpuSecondsWasted()).isCloseTo(11 * 1350 * 4.0, EXACT);
    assertThat(finetune.bytes()).as("on the disk all the same").isEqualTo(12 * (15L << 30));
    assertThat(cost(Report.of(FIVE, LEDGER), StepKind.MERGE).gpuSeconds()).isZero();
    assertThat(cost(Report.of(FIVE, LEDGER), StepKind.FETCH).gpuSeconds()).isNull();
    assertThat(cost(Report.of(FIVE), StepKind.FINETUNE).gpuSeconds()).isNull();
  }

  @Test
  void whatAMergedStartSavedIsToldByTheScoresOnTheWay() {
    List<Saving> savings = Report.of(FIVE).savings();
    assertThat(savings)
        .extracting(Saving::label)
        .containsExactly("FT(M5 + Δdir)", "FT(M5 + Δiter)");
    Saving direct = savings.getFirst(); // 29.0, 27.0, 34.5: never 35.0
    assertThat(direct.steps()).isNull();
    assertThat(direct.gpuSecondsSaved()).isNull();
    Saving iterative = savings.getLast(); // 70.0 before any step
    assertThat(iterative.steps()).isZero();
    assertThat(iterative.plainSteps()).isEqualTo(100);
    assertThat(iterative.reached()).isEqualTo(0.7);
    assertThat(iterative.verdict()).isEqualTo(Gain.Verdict.BETTER);
    assertThat(iterative.gpuSecondsSaved()).as("the whole plain training").isCloseTo(12, EXACT);
  }

  @Test
  void aScoreThatIsReachedOnTheWayCostsTheStepsUpToThere() {
    // 25.0 at the start, on the way and at the end, of both.
    Saving saving =
        Report.of(SyntheticSeries.two().progress(SyntheticSeries.END)).savings().getFirst();
    assertThat(saving.steps()).isZero();
    assertThat(saving.verdict()).isEqualTo(Gain.Verdict.WITHIN_NOISE);
  }

  @Test
  void nothingIsSaidOfSavingsWhereNothingWasScoredOnTheWay() {
    assertThat(Report.of(SyntheticSeries.many(3).progress(SyntheticSeries.END)).savings())
        .isEmpty();
  }

  @Test
  void theLedgerIsTheStoresOwnRecords(@TempDir Path folder) throws IOException {
    ArtifactStore store = ArtifactStore.open(folder);
    publish(store, "M1.plain.finetune", Map.of("seconds", 100, "secondsWasted", 40, "gpus", 2));
    publish(store, "M2.plain.finetune", Map.of("seconds", 10));
    Ledger ledger = Ledger.of(folder, "toy");
    Spent first = ledger.of("M1.plain.finetune").orElseThrow();
    assertThat(first.seconds()).isEqualTo(100);
    assertThat(first.secondsWasted()).isEqualTo(40);
    assertThat(first.gpus()).isEqualTo(2);
    assertThat(first.bytes()).isEqualTo(5);
    assertThat(ledger.of("M2.plain.finetune").orElseThrow().gpus()).isEqualTo(1);
    assertThat(ledger.of("M3.plain.finetune")).isEmpty();
    assertThat(Ledger.of(folder.resolve("none"), "toy").of("M1.plain.finetune")).isEmpty();
  }

  private static void publish(ArtifactStore store, String step, Map<String, ?> metrics)
      throws IOException {
    Map<String, Object> parameters = Map.of("step", step);
    Fingerprint fingerprint = Fingerprint.of("finetune", parameters);
    try (Staging staging = store.stage(fingerprint)) {
      Files.writeString(staging.folder().resolve("model"), "bytes");
      Lineage lineage =
          new Lineage(
              parameters,
              List.of(),
              List.of(),
              Map.of(),
              "host",
              Instant.EPOCH,
              Instant.EPOCH,
              metrics,
              null);
      StoredArtifact made = store.publish(staging, lineage, () -> {});
      store.link("toy", step, made.folder());
    }
  }

  private static Cost cost(Report report, StepKind kind) {
    return report.costs().stream().filter(cost -> cost.kind() == kind).findFirst().orElseThrow();
  }
}
