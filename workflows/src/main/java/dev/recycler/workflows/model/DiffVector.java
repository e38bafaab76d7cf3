package dev.recycler.workflows.model;

import dev.recycler.workflows.model.Model.Base;
import java.util.Objects;

/**
 * {@code Δ = finetuned − base}: what fine-tuning changed.
 *
 * @param finetuned a model that the series trains, or one that somebody else did and published
 */
public record DiffVector(Model finetuned, Base base) {
  public DiffVector {
    Objects.requireNonNull(finetuned, "finetuned");
    Objects.requireNonNull(base, "base");
  }
}
