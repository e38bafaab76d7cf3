package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ShardLayout;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The writing of a difference, from opened inputs to files in a folder that somebody else
 * publishes.
 *
 * @param identities of the fine-tuned model and the base
 * @param dtype F32 or F64
 */
record Extraction(
    MergeRequest request,
    MergePlan plan,
    Companions companions,
    List<InputIdentity> identities,
    Dtype dtype) {

  /** Writes everything into {@code folder}, synced to disk. */
  DiffEngine.Extracted write(Path folder, ProgressListener listener)
      throws IOException, InterruptedException {
    var stats = new AnalysisCollector(false);
    var files =
        new ArrayList<>(
            DiffEngine.pipeline(request, plan, List.of(folder), stats, listener).getFirst());
    Map<String, Long> inexact = dtype == Dtype.F64 ? Map.of() : stats.inexact();
    var sidecars = new SidecarFiles(folder);
    Optional<String> index = plan.layout().index();
    if (index.isPresent()) {
      sidecars.write(ShardLayout.indexName(), index.get().getBytes(StandardCharsets.UTF_8));
    }
    var notes = new ArrayList<>(plan.notes());
    Optional<ModelConfig> config = ModelConfig.of(companions.main());
    if (config.isPresent()) {
      notes.addAll(config.get().apply(plan.config()));
      sidecars.write(ModelConfig.NAME, config.get().bytes());
    }
    companions.copyTo(sidecars);
    files.addAll(sidecars.written());
    notes.add(exactness(inexact));
    String card = DiffCard.text(request, identities, files, notes);
    sidecars.write("README.md", card.getBytes(StandardCharsets.UTF_8));
    files.add(sidecars.written().getLast());
    Lineage.ofDiff(request, folder, identities, notes, files);
    Folders.force(folder);
    return new DiffEngine.Extracted(request.out(), files, plan.values(), inexact, notes);
  }

  private static String exactness(Map<String, Long> inexact) {
    return inexact.isEmpty()
        ? "every difference is held exactly: applying it equals the merge bit for bit"
        : "%d differences in %d tensors are rounded to float32; --dtype float64 holds them exactly"
            .formatted(inexact.values().stream().mapToLong(Long::longValue).sum(), inexact.size());
  }
}
