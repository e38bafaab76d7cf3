package dev.recycler.cli.report;

import dev.recycler.cli.status.StepIndex;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Derives a report from a series' progress. */
final class ReportMaker {
  private final SeriesProgress progress;
  private final StepIndex index;
  private final Models models;
  private final CostMaker costs;
  private final Ledger ledger;

  ReportMaker(SeriesProgress progress, Ledger ledger) {
    this.progress = progress;
    this.ledger = ledger;
    this.index = StepIndex.of(progress);
    this.models = new Models(progress, index);
    this.costs = new CostMaker(progress.steps(), ledger);
  }

  Report make() {
    List<ScoreTable> tables = new ArrayList<>();
    List<TransferTable> transfers = new ArrayList<>();
    List<Convergence> convergence = new ArrayList<>();
    List<Connectivity> connectivity = new ArrayList<>();
    for (EvaluationSpec evaluation : progress.spec().evaluate()) {
      ScoreTable table = new TableMaker(models, evaluation, progress.steps()).make();
      tables.add(table);
      transfers.addAll(new TransferMaker(models, table).make());
      convergence.addAll(new CurveMaker(models, table).make());
      connectivity.addAll(new ConnectivityMaker(models, table, ledger).make());
    }
    return new Report(
        progress.spec().series(),
        progress.state(),
        progress.message(),
        progress.spec().store(),
        first(progress.steps().stream().map(StepProgress::started)),
        last(progress.steps().stream().map(StepProgress::finished)),
        progress.spec().releases().stream().map(Release::name).toList(),
        progress.spec().finetune(),
        progress.spec().merge(),
        tables,
        transfers,
        convergence,
        connectivity,
        Stream.of(
                new Findings(tables, convergence).sentences(),
                new TransferFindings(transfers).sentences())
            .flatMap(List::stream)
            .toList(),
        Notes.of(tables),
        models.places(),
        costs.kinds(),
        costs.steps(),
        new SavingMaker(models, progress.spec().finetune()).make(convergence),
        failures());
  }

  private List<Failure> failures() {
    return index.in(StepState.FAILED).stream()
        .map(step -> new Failure(step.id(), step.failure(), step.failureKind()))
        .toList();
  }

  private static String first(Stream<Instant> instants) {
    return instants
        .filter(Objects::nonNull)
        .min(Instant::compareTo)
        .map(Instant::toString)
        .orElse(null);
  }

  private static String last(Stream<Instant> instants) {
    return instants
        .filter(Objects::nonNull)
        .max(Instant::compareTo)
        .map(Instant::toString)
        .orElse(null);
  }
}
