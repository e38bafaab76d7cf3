package dev.recycler.workflows.spec;

import java.util.List;
import java.util.Objects;

/**
 * A whole series file, checked: every path absolute, every default filled in.
 *
 * @param series name of the series, unique on a Temporal namespace
 * @param store absolute path of the artifact store
 * @param releases {@code M_1 … M_n}, oldest first, at least one
 * @param strategies which recipes of the paper to run, at least one, in the order of the file
 * @param finetune the recipe {@code FT}
 * @param merge how diff vectors are added
 * @param evaluate the scores to take, possibly none
 */
public record SeriesSpec(
    String series,
    String store,
    List<Release> releases,
    List<Strategy> strategies,
    FinetuneSpec finetune,
    MergeSpec merge,
    List<EvaluationSpec> evaluate) {
  public SeriesSpec {
    Objects.requireNonNull(series, "series");
    Objects.requireNonNull(store, "store");
    releases = List.copyOf(releases);
    strategies = List.copyOf(strategies);
    Objects.requireNonNull(finetune, "finetune");
    Objects.requireNonNull(merge, "merge");
    evaluate = List.copyOf(evaluate);
  }

  /** The same series with other releases. */
  public SeriesSpec withReleases(List<Release> others) {
    return new SeriesSpec(series, store, others, strategies, finetune, merge, evaluate);
  }
}
