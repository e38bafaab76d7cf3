package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.status.Scale;
import java.util.List;

/**
 * Score against fine-tuning steps at one release, merged starts beside the plain start.
 *
 * @param evaluation name in the series file
 * @param scale how values are read and shown
 * @param curves one a fine-tuning; strategies that share one have one curve
 */
public record Convergence(String evaluation, String release, Scale scale, List<Curve> curves) {
  public Convergence {
    curves = List.copyOf(curves);
  }

  /**
   * One fine-tuning.
   *
   * @param model what it makes
   * @param label e.g. {@code FT(M5 + Δiter)}, or the names of all the strategies that share it
   * @param points in the order of their steps; the start (step 0) and the end where they are scored
   */
  public record Curve(ModelKind model, String label, List<Point> points) {
    public Curve {
      points = List.copyOf(points);
    }
  }

  /**
   * One score.
   *
   * @param steps optimizer steps of this fine-tuning
   * @param value as the harness gives it
   * @param standardError of the value, or null
   * @param of {@code base}, {@code merged}, {@code checkpoint} or {@code finetuned}
   * @param step id of the evaluation step
   * @param resultsFile the harness's own file that holds the value
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Point(
      long steps, double value, Double standardError, String of, String step, String resultsFile) {}
}
