package dev.recycler.activities.merge;

import java.util.Optional;

/** Where the difference that a tensor gets comes from. */
sealed interface Delta {
  /** {@code finetuned − base}. */
  record Subtracted(Source finetuned, Source base) implements Delta {}

  /** A difference that was extracted before. */
  record Stored(Source difference) implements Delta {}

  /**
   * {@code scaling · B · A}, the product of an adapter's factors.
   *
   * @param base the weight that the adapter was trained on, where the difference is measured beside
   *     it
   */
  record LowRank(LowRankFactors factors, Optional<Source> base) implements Delta {}

  /** None: the tensor is the target's, converted to the output's dtype. */
  record None() implements Delta {}
}
