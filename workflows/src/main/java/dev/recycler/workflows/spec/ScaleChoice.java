package dev.recycler.workflows.spec;

import java.util.List;
import java.util.Objects;

/**
 * λ chosen by score: a model is merged with each, and the best is taken.
 *
 * @param scales the numbers to try, at least two
 * @param by name of the evaluation that decides; more is better
 */
public record ScaleChoice(List<Double> scales, String by) {
  public ScaleChoice {
    scales = List.copyOf(scales);
    Objects.requireNonNull(by, "by");
  }
}
