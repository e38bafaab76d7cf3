package dev.recycler.workflows.spec;

import java.util.List;

/**
 * What is scored along the straight line {@code (1 − α) · M_i + α · M_{i+1}} between each release
 * and the next, before anything is transferred: where the line dips, transfers are known to hurt.
 *
 * @param points each α strictly between 0 and 1, in order
 * @param by names of the evaluations that score them
 */
public record ConnectivitySpec(List<Double> points, List<String> by) {
  public ConnectivitySpec {
    points = List.copyOf(points);
    by = List.copyOf(by);
  }
}
