package dev.recycler.workflows.plan;

import dev.recycler.workflows.model.DiffVector;
import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Best;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.spec.Matrix;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.TransferSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * One diff vector added to one model, other than by a strategy.
 *
 * @param name starts the names of its steps, e.g. {@code M3.from-M1}
 * @param source the fine-tuned side as people write it, {@code FT(M1)} for instance
 * @param merged the result, a {@link Merged} or the {@link Best} of several
 * @param thenFinetune whether the result is fine-tuned
 */
public record Transfer(String name, String source, Model merged, boolean thenFinetune) {
  /** What it ends with. */
  public Model result() {
    return thenFinetune ? finetuned() : merged;
  }

  /** What is added. */
  public DiffVector difference() {
    return switch (merged) {
      case Merged one -> one.difference();
      case Best best -> best.difference();
      case Base _, Finetuned _ -> throw new IllegalStateException(name + " merges nothing");
    };
  }

  /** {@code FT(merged)}. */
  public Finetuned finetuned() {
    return new Finetuned(merged);
  }

  /** Every transfer that a series asks for: the single ones, then the matrix, target by target. */
  static List<Transfer> of(SeriesSpec spec) {
    List<Transfer> transfers = new ArrayList<>();
    for (TransferSpec asked : spec.transfers()) {
      List<Double> scales =
          asked.scales().isEmpty() ? List.of(spec.merge().scale()) : asked.scales();
      for (double scale : scales) {
        transfers.add(
            new Transfer(
                scales.size() == 1 ? asked.name() : asked.name() + ".x" + written(scale),
                asked.source(),
                merged(asked, scale),
                asked.thenFinetune()));
      }
    }
    if (spec.matrix() != null) {
      for (Release target : spec.releases()) {
        for (Release source : spec.releases()) {
          if (!source.equals(target)) {
            transfers.add(ofMatrix(spec, source.name(), target.name()));
          }
        }
      }
    }
    return transfers;
  }

  private static Transfer ofMatrix(SeriesSpec spec, String source, String target) {
    Base base = new Base(source);
    return new Transfer(
        target + ".from-" + source,
        "FT(" + source + ")",
        new Base(target).plus(new Finetuned(base).minus(base), Plan.scales(spec)),
        spec.matrix() == Matrix.TRANSFER_THEN_FINETUNE);
  }

  private static Merged merged(TransferSpec asked, double scale) {
    Base named = new Base(asked.finetuned());
    Model finetuned = asked.trained() ? new Finetuned(named) : named;
    return new Base(asked.target()).plus(finetuned.minus(new Base(asked.base())), scale);
  }

  /** {@code 0.5} and {@code 1}, not {@code 1.0}. */
  static String written(double scale) {
    return scale == Math.rint(scale) && Math.abs(scale) < 1e9
        ? Long.toString((long) scale)
        : Double.toString(scale);
  }
}
