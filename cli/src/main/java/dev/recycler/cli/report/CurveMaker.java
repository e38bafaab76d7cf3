package dev.recycler.cli.report;

import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.StepProgress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the convergence curves of one evaluation. */
final class CurveMaker {
  private final Models models;
  private final ScoreTable table;

  CurveMaker(Models models, ScoreTable table) {
    this.models = models;
    this.table = table;
  }

  List<Convergence> make() {
    List<Convergence> all = new ArrayList<>();
    for (String release : models.releases()) {
      List<Convergence.Curve> curves = curves(release);
      boolean scoredOnTheWay =
          curves.stream()
              .flatMap(curve -> curve.points().stream())
              .anyMatch(point -> point.of().equals("checkpoint"));
      if (scoredOnTheWay) {
        all.add(new Convergence(table.evaluation(), release, table.scale(), curves));
      }
    }
    return all;
  }

  private List<Convergence.Curve> curves(String release) {
    Map<String, Convergence.Curve> curves = new LinkedHashMap<>();
    for (ModelKind kind : ModelKind.finetunedKinds()) {
      Optional<ModelRow> row = models.asked(kind) ? models.row(kind, release) : Optional.empty();
      if (row.isPresent()) {
        List<Convergence.Point> points = points(row.get(), release);
        if (!points.isEmpty()) {
          curves.merge(
              row.get().finetuneStep(),
              new Convergence.Curve(kind, models.label(kind, release), points),
              CurveMaker::shared);
        }
      }
    }
    return List.copyOf(curves.values());
  }

  /** One curve under both names. */
  private static Convergence.Curve shared(Convergence.Curve one, Convergence.Curve other) {
    return new Convergence.Curve(one.model(), one.label() + " = " + other.label(), one.points());
  }

  private List<Convergence.Point> points(ModelRow row, String release) {
    List<Convergence.Point> points = new ArrayList<>();
    if (row.mergeStep() == null) {
      models.row(ModelKind.BASE, release).ifPresent(base -> add(points, base, "base"));
    }
    for (String subject : List.of("merged", "checkpoint", "finetuned")) {
      add(points, row, subject);
    }
    points.sort(Comparator.comparingLong(Convergence.Point::steps));
    return points;
  }

  private void add(List<Convergence.Point> points, ModelRow row, String subject) {
    for (ModelRow.ScoreStep scored : row.scores()) {
      if (!scored.evaluation().equals(table.evaluation()) || !scored.subject().equals(subject)) {
        continue;
      }
      Optional<Steps.Score> score = models.index().find(scored.step()).map(StepProgress::score);
      Optional<Long> at = steps(row, scored);
      if (score.isPresent() && at.isPresent() && Double.isFinite(score.get().value())) {
        points.add(
            new Convergence.Point(
                at.get(),
                score.get().value(),
                score.get().standardError(),
                subject,
                scored.step(),
                score.get().resultsFile()));
      }
    }
  }

  private Optional<Long> steps(ModelRow row, ModelRow.ScoreStep scored) {
    return switch (scored.subject()) {
      case "checkpoint" -> Optional.of(scored.checkpoint());
      case "finetuned" ->
          models
              .index()
              .find(row.finetuneStep())
              .map(StepProgress::finetuned)
              .map(Steps.Finetuned::steps);
      default -> Optional.of(0L);
    };
  }
}
