package dev.recycler.cli.report;

import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds out what merged starts saved, where scores on the way were taken. */
final class SavingMaker {
  private final Models models;
  private final FinetuneSpec recipe;

  /**
   * @param recipe the series' own, or null where it trains nothing
   */
  SavingMaker(Models models, FinetuneSpec recipe) {
    this.models = models;
    this.recipe = recipe;
  }

  List<Saving> make(List<Convergence> convergence) {
    List<Saving> savings = new ArrayList<>();
    for (Convergence curves : convergence) {
      curves.curves().stream()
          .filter(curve -> curve.model() == ModelKind.PLAIN)
          .filter(plain -> plain.points().getLast().of().equals("finetuned"))
          .findFirst()
          .ifPresent(
              plain ->
                  curves.curves().stream()
                      .filter(curve -> curve.model().strategy().transfers())
                      .forEach(curve -> savings.add(saving(curves, curve, plain))));
    }
    return savings;
  }

  private Saving saving(Convergence curves, Convergence.Curve merged, Convergence.Curve plain) {
    Convergence.Point end = plain.points().getLast();
    for (Convergence.Point point : merged.points()) {
      Comparison comparison =
          Comparison.of(
              point.value(),
              point.standardError(),
              end.value(),
              end.standardError(),
              curves.scale());
      if (comparison.difference() >= 0) {
        return new Saving(
            curves.evaluation(),
            curves.release(),
            merged.label(),
            end.value(),
            point.value(),
            point.steps(),
            end.steps(),
            saved(curves.release(), merged.model(), point.steps(), end.steps()),
            !comparison.judged()
                ? Gain.Verdict.NOT_JUDGED
                : comparison.better() ? Gain.Verdict.BETTER : Gain.Verdict.WITHIN_NOISE);
      }
    }
    return new Saving(
        curves.evaluation(),
        curves.release(),
        merged.label(),
        end.value(),
        null,
        null,
        end.steps(),
        null,
        Gain.Verdict.WORSE);
  }

  private Double saved(String release, ModelKind merged, long steps, long plainSteps) {
    Optional<Double> plain = gpuSecondsPerStep(ModelKind.PLAIN, release);
    // A merged model that is good enough by itself is not trained at all.
    Optional<Double> own = steps == 0 ? Optional.of(0.0) : gpuSecondsPerStep(merged, release);
    return plain.isEmpty() || own.isEmpty()
        ? null
        : (Double) (plain.get() * plainSteps - own.get() * steps);
  }

  private Optional<Double> gpuSecondsPerStep(ModelKind kind, String release) {
    Optional<Steps.Finetuned> trained =
        models
            .row(kind, release)
            .map(ModelRow::finetuneStep)
            .flatMap(models.index()::find)
            .map(StepProgress::finetuned)
            .filter(it -> it.steps() > 0);
    return recipe == null
        ? Optional.empty()
        : trained.map(it -> it.seconds() * recipe.gpus() / it.steps());
  }
}
