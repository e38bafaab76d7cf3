package dev.recycler.workflows.model;

import java.util.Objects;

/**
 * A model as an expression over the releases of a series: what it is, not where it lies. Two equal
 * expressions are the same model, which is made once however many strategies ask for it.
 *
 * <p>An expression is a chain (only one operand of each nests), so comparing or hashing one costs
 * time in proportion to the number of releases it goes back.
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
  }

  /** {@code target + scale · difference}: the result of a transfer. */
  record Merged(Base target, DiffVector difference, double scale) implements Model {
    public Merged {
      Objects.requireNonNull(target, "target");
      Objects.requireNonNull(difference, "difference");
    }

    @Override
    public String release() {
      return target.release();
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
    public String release() {
      return start.release();
    }
  }
}
