package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.ShardLayout;
import dev.recycler.activities.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Spreads the tensors of the output over files: as asked, or else as the target has them. */
final class OutputLayout {
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private OutputLayout() {}

  static ShardLayout of(MergeRequest request, Map<String, TensorPlan> plans, ModelFolder target) {
    if (plans.isEmpty()) {
      throw new BadCheckpointException("no tensor is left to write; exclude fewer of them");
    }
    Map<String, List<ShardLayout.Entry>> byFile = new LinkedHashMap<>();
    Map<TensorInfo, List<TensorPlan>> byTarget = new LinkedHashMap<>();
    for (TensorPlan plan : plans.values()) {
      TensorInfo tensor = plan.target().orElseThrow().tensor();
      byTarget.computeIfAbsent(tensor, ignored -> new ArrayList<>()).add(plan);
    }
    var ordered = new ArrayList<ShardLayout.Entry>();
    for (TensorInfo tensor : target.tensorsInFileOrder()) {
      for (TensorPlan plan : byTarget.getOrDefault(tensor, List.of())) {
        ordered.add(plan.entry());
        byFile
            .computeIfAbsent(target.fileOf(tensor), ignored -> new ArrayList<>())
            .add(plan.entry());
      }
    }
    if (request.shardSize().isPresent()) {
      return ShardLayout.split(ordered, request.shardSize().getAsLong(), METADATA);
    }
    return target.isSharded()
        ? ShardLayout.grouped(List.copyOf(byFile.values()), METADATA)
        : ShardLayout.single(ordered, METADATA);
  }
}
