package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.recycler.cli.status.Scale;
import java.util.Locale;

/**
 * How much better one score is than another.
 *
 * @param difference in the unit of the scores, negative where it is worse; where lower scores are
 *     better, a lower one gives a positive difference
 * @param standardError of the difference, the two scores taken as independent, or null where either
 *     has none
 * @param verdict whether the difference can be told from noise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Gain(double difference, Double standardError, Verdict verdict) {
  /** Whether a difference can be told from noise. */
  public enum Verdict {
    BETTER,
    WORSE,
    WITHIN_NOISE,
    /** At least one of the scores has no standard error. */
    NOT_JUDGED;

    /** The name in JSON and CSV. */
    @JsonValue
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The gain of one cell over another, or null where either has no finite score. */
  static Gain of(Cell one, Cell other, Scale scale) {
    if (!one.comparable() || !other.comparable()) {
      return null;
    }
    Comparison comparison = Comparison.of(one, other, scale);
    Verdict verdict =
        !comparison.judged()
            ? Verdict.NOT_JUDGED
            : comparison.better()
                ? Verdict.BETTER
                : comparison.worse() ? Verdict.WORSE : Verdict.WITHIN_NOISE;
    return new Gain(comparison.difference(), comparison.noise(), verdict);
  }

  /** With its sign, e.g. {@code +12.5}. */
  String text(Scale scale) {
    // No "-0.0": what is nothing when shown has no sign.
    String size = scale.text(Math.abs(difference));
    boolean nothing = size.chars().allMatch(c -> c == '0' || c == '.');
    return (nothing ? "" : difference < 0 ? "-" : "+") + size;
  }
}
