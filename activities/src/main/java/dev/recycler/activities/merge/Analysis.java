package dev.recycler.activities.merge;

import java.util.List;

/**
 * What the difference {@code Δ = finetuned − base} looks like beside the models.
 *
 * @param tensors one for each tensor that has a difference, in the order of names
 * @param layers sums over the tensors of a layer, in the order of layers
 * @param all the sum over all tensors
 */
public record Analysis(List<DeltaStats> tensors, List<DeltaStats> layers, DeltaStats all) {
  public Analysis {
    tensors = List.copyOf(tensors);
    layers = List.copyOf(layers);
  }
}
