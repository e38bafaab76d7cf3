package dev.recycler.workflows.spec;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A comparison of a score with a number that knows the score's noise.
 *
 * @param evaluation name of the evaluation
 * @param comparison {@code >=} or {@code <}
 * @param threshold in the harness's own unit, mostly a fraction
 * @param margin how many standard errors the score must lie beyond the threshold
 */
public record Condition(String evaluation, String comparison, double threshold, double margin) {
  private static final Pattern WRITTEN =
      Pattern.compile("\\s*([A-Za-z0-9][A-Za-z0-9_-]*)\\s*(>=|<)\\s*(-?[0-9]*\\.?[0-9]+)\\s*");

  public Condition {
    Objects.requireNonNull(evaluation, "evaluation");
    Objects.requireNonNull(comparison, "comparison");
  }

  /** Reads {@code gsm8k >= 0.75}; nothing where it is none. */
  static Optional<Condition> parse(String text, double margin) {
    Matcher matcher = WRITTEN.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Condition(
                matcher.group(1), matcher.group(2), Double.parseDouble(matcher.group(3)), margin))
        : Optional.empty();
  }

  /**
   * Whether it holds beyond noise.
   *
   * @param standardError of the value, or null where the harness gives none
   */
  public boolean holds(double value, Double standardError) {
    double noise = standardError == null ? 0 : margin * standardError;
    return comparison.equals(">=") ? value - noise >= threshold : value + noise < threshold;
  }

  @Override
  public String toString() {
    return evaluation + " " + comparison + " " + threshold;
  }
}
