package dev.recycler.workflows.activity;

import java.util.Objects;

/**
 * Which step of which series an activity works for; part of every step's input.
 *
 * @param series name of the series
 * @param step the step's id, e.g. {@code M3.iterative.finetune}
 * @param store absolute path of the artifact store
 */
public record StepContext(String series, String step, String store) {
  public StepContext {
    Objects.requireNonNull(series, "series");
    Objects.requireNonNull(step, "step");
    Objects.requireNonNull(store, "store");
  }
}
