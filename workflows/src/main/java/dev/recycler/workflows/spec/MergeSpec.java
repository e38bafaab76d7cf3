package dev.recycler.workflows.spec;

import java.util.Objects;

/**
 * How a diff vector is added to a target.
 *
 * @param scale λ, a finite number; 1 in the paper
 * @param load {@code stored} or {@code bfloat16}
 * @param dtype output dtype ({@code bfloat16}, {@code float16}, {@code float32}, {@code float64}),
 *     or null for the target's
 */
public record MergeSpec(double scale, String load, String dtype) {
  /** The paper's merge: λ = 1, inputs as stored, the target's dtype. */
  public static final MergeSpec DEFAULT = new MergeSpec(1.0, "stored", null);

  /** The same merge with another λ. */
  public MergeSpec withScale(double other) {
    return new MergeSpec(other, load, dtype);
  }

  public MergeSpec {
    Objects.requireNonNull(load, "load");
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException("scale must be a finite number, not " + scale);
    }
  }
}
