package dev.recycler.cli.status;

import dev.recycler.cli.terminal.Terminal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How the values of one metric are read and shown.
 *
 * @param percent whether values are fractions, shown as percent
 * @param lowerIsBetter whether a small value is a good one, as of a perplexity
 */
public record Scale(boolean percent, boolean lowerIsBetter) {
  private static final List<String> LOWER_IS_BETTER =
      List.of("perplexity", "bits_per_byte", "loss", "ter", "wer", "cer", "brier");

  private static final Pattern FILTER = Pattern.compile(",.*");

  /** The scale of a metric that has these values. */
  public static Scale of(String metric, Collection<Double> values) {
    String name =
        metric == null ? "" : FILTER.matcher(metric).replaceFirst("").toLowerCase(Locale.ROOT);
    boolean lower =
        LOWER_IS_BETTER.stream().anyMatch(word -> name.equals(word) || name.endsWith("_" + word));
    boolean unbounded = lower && (name.endsWith("perplexity") || name.endsWith("bits_per_byte"));
    boolean fractions = values.stream().allMatch(value -> value >= 0 && value <= 1);
    return new Scale(fractions && !unbounded, lower);
  }

  /** The value in the unit it is shown in. */
  public double shown(double value) {
    return percent ? 100 * value : value;
  }

  /** The value alone, e.g. {@code 84.5}. */
  public String text(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, percent ? "%.1f" : "%.3f", shown(value))
        : "not a number";
  }

  /** The value with its standard error where there is one, e.g. {@code 84.5 ± 2.6}. */
  public String text(double value, Double standardError, Terminal terminal) {
    return standardError == null || !Double.isFinite(value)
        ? text(value)
        : text(value) + terminal.either(" ± ", "+-") + text(standardError);
  }
}
