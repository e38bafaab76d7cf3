package dev.recycler.workflows.progress;

import dev.recycler.workflows.spec.SeriesSpec;
import java.util.List;

/**
 * A series at one moment.
 *
 * @param spec what was asked for
 * @param state the series as a whole
 * @param message one sentence where a person has to act, else null
 * @param steps every step of the plan, in an order in which each stands after what it needs
 * @param models what each strategy ends with, release by release
 */
public record SeriesProgress(
    SeriesSpec spec,
    SeriesState state,
    String message,
    List<StepProgress> steps,
    List<ModelRow> models) {
  public SeriesProgress {
    steps = List.copyOf(steps);
    models = List.copyOf(models);
  }
}
