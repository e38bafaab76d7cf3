package dev.recycler.cli.report;

import dev.recycler.cli.status.Scale;

/**
 * Two scores of one evaluation, side by side.
 *
 * @param difference how much better the first is, negative where it is worse
 * @param noise standard error of the difference, both taken as independent; null where either score
 *     has none
 */
record Comparison(double difference, Double noise) {
  /** Beyond this many standard errors a difference is not put down to chance: 95% of a normal. */
  static final double NOISE_LIMIT = 1.96;

  static Comparison of(double one, Double oneError, double other, Double otherError, Scale scale) {
    return new Comparison(
        scale.lowerIsBetter() ? other - one : one - other,
        oneError == null || otherError == null ? null : (Double) Math.hypot(oneError, otherError));
  }

  static Comparison of(Cell one, Cell other, Scale scale) {
    return of(one.value(), one.standardError(), other.value(), other.standardError(), scale);
  }

  /** Whether a difference can be told from noise at all. */
  boolean judged() {
    return noise != null;
  }

  boolean better() {
    return judged() && difference > NOISE_LIMIT * noise;
  }

  boolean worse() {
    return judged() && -difference > NOISE_LIMIT * noise;
  }
}
