package dev.recycler.workflows.spec;

import java.util.List;
import java.util.Objects;

/**
 * One transfer, {@code target + scale · (finetuned − base)}, asked for by name.
 *
 * @param name starts the names of its steps, unique in the series
 * @param finetuned name of a release or model
 * @param trained whether the fine-tuned side is {@code FT(finetuned)}, made by the series' own
 *     recipe, and not {@code finetuned} itself
 * @param base name of the release or model that the fine-tuned side was tuned from
 * @param target name of the release or model that gets the difference
 * @param scales each λ to make a model with; empty for the series' own
 * @param thenFinetune whether the merged model is fine-tuned
 */
public record TransferSpec(
    String name,
    String finetuned,
    boolean trained,
    String base,
    String target,
    List<Double> scales,
    boolean thenFinetune) {
  public TransferSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(finetuned, "finetuned");
    Objects.requireNonNull(base, "base");
    Objects.requireNonNull(target, "target");
    scales = List.copyOf(scales);
  }

  /** Whether something is trained for it. */
  public boolean trains() {
    return trained || thenFinetune;
  }

  /** {@code FT(M1)} or {@code M1}, as a series file has it. */
  public String source() {
    return trained ? "FT(" + finetuned + ")" : finetuned;
  }
}
