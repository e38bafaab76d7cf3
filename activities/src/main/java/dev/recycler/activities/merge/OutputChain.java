package dev.recycler.activities.merge;

import dev.recycler.activities.merge.BlockCursor.Block;
import dev.recycler.activities.safetensors.ShardLayout.WeightFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weight files of one output, and how far their digests are. A file is opened with its first
 * block and handed to the flusher after its last.
 */
final class OutputChain {
  private final List<WeightFile> files;
  private final Path folder;
  private final Flusher flusher;
  private final Map<Integer, WeightWriter> open = new HashMap<>();
  private final List<MergeReport.OutputFile> results = new ArrayList<>();

  /** The block that is digested next; guarded by the pipeline's lock, like {@link #busy}. */
  long next;

  /** Whether a thread is digesting. */
  boolean busy;

  OutputChain(List<WeightFile> files, Path folder, Flusher flusher) {
    this.files = files;
    this.folder = folder;
    this.flusher = flusher;
  }

  synchronized void open(int file) throws IOException {
    if (!open.containsKey(file) && results.size() <= file) {
      var writer = new WeightWriter(files.get(file), folder);
      open.put(file, writer);
      flusher.watch(writer);
    }
  }

  synchronized WeightWriter writer(int file) {
    return open.get(file);
  }

  /** Takes the next block, which has been written, into its file's digest. */
  void digest(Block block, MemorySegment bytes) throws IOException {
    WeightWriter writer = writer(block.file());
    writer.digest(bytes);
    flusher.wrote(bytes.byteSize());
    if (block.endsFile()) {
      synchronized (this) {
        results.add(writer.finish());
        open.remove(block.file());
      }
      flusher.complete(writer);
    }
  }

  synchronized List<MergeReport.OutputFile> results() {
    return List.copyOf(results);
  }

  synchronized void close() throws IOException {
    for (WeightWriter writer : open.values()) {
      writer.close();
    }
    open.clear();
  }
}
