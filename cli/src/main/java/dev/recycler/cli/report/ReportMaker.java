package dev.recycler.cli.report;

import dev.recycler.cli.status.StepIndex;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Release;
import java.time.Duration;
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

  ReportMaker(SeriesProgress progress) {
    this.progress = progress;
    this.index = StepIndex.of(progress);
    this.models = new Models(progress, index);
  }

  Report make() {
    List<ScoreTable> tables = new ArrayList<>();
    List<Convergence> convergence = new ArrayList<>();
    for (EvaluationSpec evaluation : progress.spec().evaluate()) {
      ScoreTable table = new TableMaker(models, evaluation, progress.steps()).make();
      tables.add(table);
      convergence.addAll(new CurveMaker(models, table).make());
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
        convergence,
        new Findings(tables, convergence).sentences(),
        Notes.of(tables),
        models.places(),
        costs(),
        failures());
  }

  private List<Cost> costs() {
    List<Cost> costs = new ArrayList<>();
    for (StepKind kind : StepKind.values()) {
      List<StepProgress> steps =
          progress.steps().stream().filter(step -> step.kind() == kind).toList();
      // What the series decides by itself costs nothing.
      if (!steps.isEmpty() && kind != StepKind.DECIDE) {
        costs.add(
            new Cost(
                kind,
                steps.size(),
                count(steps, StepState.DONE),
                (int) steps.stream().filter(StepProgress::reused).count(),
                count(steps, StepState.FAILED),
                steps.stream().filter(step -> !step.reused()).mapToDouble(this::seconds).sum()));
      }
    }
    return costs;
  }

  private List<Failure> failures() {
    return index.in(StepState.FAILED).stream()
        .map(step -> new Failure(step.id(), step.failure(), step.failureKind()))
        .toList();
  }

  private static int count(List<StepProgress> steps, StepState state) {
    return (int) steps.stream().filter(step -> step.state() == state).count();
  }

  private double seconds(StepProgress step) {
    return step.started() == null || step.finished() == null
        ? 0
        : Duration.between(step.started(), step.finished()).toMillis() / 1000.0;
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
