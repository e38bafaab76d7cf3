package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.ShardLayout;
import java.util.List;
import java.util.Map;

/**
 * All that is to be done, decided before anything is written.
 *
 * @param tensors by name, in the order of the output
 * @param layout the files of each output
 * @param padded names of tensors whose rows were padded or cut
 * @param notes what the user should know
 * @param config what the merge changes in the config
 */
record MergePlan(
    Map<String, TensorPlan> tensors,
    ShardLayout layout,
    List<String> padded,
    List<String> notes,
    ConfigChanges config) {
  long values() {
    return tensors.values().stream().mapToLong(TensorPlan::elements).sum();
  }

  /** Bytes to be read and written in all. */
  long bytesToMove(int outputs) {
    long bytes = outputs * layout.bytes();
    for (TensorPlan plan : tensors.values()) {
      bytes += plan.target().map(source -> source.tensor().bytes()).orElse(0L);
      bytes +=
          switch (plan.delta()) {
            case Delta.Subtracted(Source ft, Source base) ->
                ft.tensor().bytes() + base.tensor().bytes();
            case Delta.Stored(Source difference) -> difference.tensor().bytes();
            case Delta.LowRank lowRank ->
                lowRank.base().map(base -> base.tensor().bytes()).orElse(0L);
            case Delta.None none -> 0;
          };
    }
    return bytes;
  }
}
