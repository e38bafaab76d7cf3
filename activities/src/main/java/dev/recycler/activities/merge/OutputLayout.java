package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.ShardLayout;
import dev.recycler.activities.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Spreads the tensors of the output over files: as asked, or else as the target has them. */
final class OutputLayout {
  private OutputLayout() {}

  /**
   * @param plans the tensors of the output
   * @param like the model whose files and order the output follows
   * @param marks metadata beyond the format's mark
   */
  static ShardLayout of(
      MergeRequest request,
      Map<String, TensorPlan> plans,
      ModelFolder like,
      Map<String, String> marks) {
    if (plans.isEmpty()) {
      throw new BadCheckpointException("no tensor is left to write; exclude fewer of them");
    }
    Map<String, String> metadata = new TreeMap<>(marks);
    metadata.put("format", "pt");
    Map<TensorInfo, List<TensorPlan>> byTensor = new LinkedHashMap<>();
    for (TensorPlan plan : plans.values()) {
      byTensor.computeIfAbsent(anchor(plan), ignored -> new ArrayList<>()).add(plan);
    }
    Map<String, List<ShardLayout.Entry>> byFile = new LinkedHashMap<>();
    var ordered = new ArrayList<ShardLayout.Entry>();
    for (TensorInfo tensor : like.tensorsInFileOrder()) {
      for (TensorPlan plan : byTensor.getOrDefault(tensor, List.of())) {
        ordered.add(plan.entry());
        byFile.computeIfAbsent(like.fileOf(tensor), ignored -> new ArrayList<>()).add(plan.entry());
      }
    }
    if (request.form().shardSize().isPresent()) {
      return ShardLayout.split(ordered, request.form().shardSize().getAsLong(), metadata);
    }
    return like.isSharded()
        ? ShardLayout.grouped(List.copyOf(byFile.values()), metadata)
        : ShardLayout.single(ordered, metadata);
  }

  /** The tensor in whose place the output's goes. */
  private static TensorInfo anchor(TensorPlan plan) {
    if (plan.target().isPresent()) {
      return plan.target().get().tensor();
    }
    return switch (plan.delta()) {
      case Delta.Subtracted subtracted -> subtracted.finetuned().tensor();
      case Delta.LowRank lowRank -> lowRank.base().orElseThrow().tensor();
      case Delta.Stored stored -> stored.difference().tensor();
      case Delta.None none -> throw new IllegalStateException(plan.name());
    };
  }
}
