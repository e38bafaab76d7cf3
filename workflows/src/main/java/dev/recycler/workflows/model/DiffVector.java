package dev.recycler.workflows.model;

import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Finetuned;
import java.util.Objects;

/** {@code Δ = finetuned − base}: what fine-tuning changed. */
public record DiffVector(Finetuned finetuned, Base base) {
  public DiffVector {
    Objects.requireNonNull(finetuned, "finetuned");
    Objects.requireNonNull(base, "base");
  }
}
