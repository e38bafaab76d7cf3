package dev.recycler.activities.merge;

/**
 * Measurements of the difference over a tensor, a layer or a model. Norms are Euclidean. Where only
 * a difference is merged, without its base, the target stands for the base.
 *
 * @param name the tensor's or layer's name, or {@code all}
 * @param values how many numbers it has
 * @param deltaNorm ‖Δ‖
 * @param baseNorm ‖base‖
 * @param targetDistance ‖target − base‖; NaN without a target
 * @param cosine the cosine between Δ and target − base; NaN where either is zero
 * @param zero how many entries of Δ are 0
 * @param lostInBfloat16 how many entries of Δ that are not 0 vanish when the fine-tuned value and
 *     the base value are both rounded to bfloat16
 * @param largest the largest |Δ|
 * @param largestAt the index of that entry in its tensor, row by row; −1 where there is none
 * @param largestIn the tensor that has it
 */
public record DeltaStats(
    String name,
    long values,
    double deltaNorm,
    double baseNorm,
    double targetDistance,
    double cosine,
    long zero,
    long lostInBfloat16,
    double largest,
    long largestAt,
    String largestIn) {
  /** ‖Δ‖ / ‖base‖. */
  public double relativeNorm() {
    return deltaNorm / baseNorm;
  }

  /** The share of entries that fine-tuning changed. */
  public double changedShare() {
    return values == 0 ? 0 : (double) (values - zero) / values;
  }
}
