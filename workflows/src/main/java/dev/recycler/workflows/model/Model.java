package dev.recycler.workflows.model;

import java.util.List;
import java.util.Objects;

/**
 * A model as an expression over the releases of a series: what it is, not where it lies. Two equal
 * expressions are the same model, which is made once however many strategies ask for it.
 *
 * <p>An expression is a chain (only one operand of each nests). {@link Chain} compares and hashes
 * it, in a loop: recursion as records have it ends a series of a few hundred releases with a stack
 * that is full.
 */
public sealed interface Model {
  /** The release whose weights this model builds on: its name starts the names of its steps. */
  String release();

  /** {@code this − base}. */
  default DiffVector minus(Base base) {
    return new DiffVector(this, base);
  }

  /** {@code M_i}: a release, or another model, as it was published. */
  record Base(String release) implements Model {
    public Base {
      Objects.requireNonNull(release, "release");
    }

    /** {@code M_i + scale · Δ}. */
    public Merged plus(DiffVector difference, double scale) {
      return new Merged(this, difference, scale);
    }

    /** {@code M_i + scale · Δ} with the best of these scales, or the only one. */
    public Model plus(DiffVector difference, List<Double> scales) {
      return scales.size() == 1
          ? plus(difference, scales.getFirst())
          : new Best(this, difference, scales);
    }
  }

  /** {@code target + scale · difference}: the result of a transfer. */
  record Merged(Base target, DiffVector difference, double scale) implements Model {
    public Merged {
      Objects.requireNonNull(target, "target");
      Objects.requireNonNull(difference, "difference");
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Model model && Chain.equal(this, model);
    }

    @Override
    public int hashCode() {
      return Chain.hash(this);
    }

    @Override
    public String release() {
      return target.release();
    }
  }

  /**
   * The merged model whose λ gives the best score, of several.
   *
   * @param scales each λ, at least two
   */
  record Best(Base target, DiffVector difference, List<Double> scales) implements Model {
    public Best {
      scales = List.copyOf(scales);
    }

    @Override
    public String release() {
      return target.release();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Model model && Chain.equal(this, model);
    }

    @Override
    public int hashCode() {
      return Chain.hash(this);
    }

    /** The same transfer with each λ. */
    public List<Merged> candidates() {
      return scales.stream().map(scale -> target.plus(difference, scale)).toList();
    }
  }

  /**
   * {@code FT(start)}: fine-tuning with the one recipe of the series.
   *
   * @param times how many times as long as the recipe says, in one training; 1 but for a control
   */
  record Finetuned(Model start, int times) implements Model {
    public Finetuned {
      Objects.requireNonNull(start, "start");
      if (times < 1) {
        throw new IllegalArgumentException("trained " + times + " times as long");
      }
    }

    /** As long as the recipe says. */
    public Finetuned(Model start) {
      this(start, 1);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Model model && Chain.equal(this, model);
    }

    @Override
    public int hashCode() {
      return Chain.hash(this);
    }

    @Override
    public String release() {
      return start.release();
    }
  }
}
