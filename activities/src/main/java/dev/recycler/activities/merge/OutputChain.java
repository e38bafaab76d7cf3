package dev.recycler.activities.merge;

import dev.recycler.activities.merge.BlockCursor.Block;
import dev.recycler.activities.safetensors.ShardLayout.WeightFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weight files of one output, and how far they are. A file is opened with its first block and
 * handed to the flusher when all its blocks are written and digested, whichever comes last.
 */
final class OutputChain {
  private final List<WeightFile> files;
  private final Path folder;
  private final Flusher flusher;
  private final Map<Integer, Growing> growing = new HashMap<>();
  private final MergeReport.OutputFile[] results;
  private final DigestTurn[] turns;

  /** How far the digest of a file is; guarded by the pipeline's lock. */
  static final class DigestTurn {
    /** The block that is digested next. */
    long next;

    /** Whether a thread is digesting. */
    boolean busy;
  }

  /** A file that is being written. */
  private static final class Growing {
    final WeightWriter writer;
    int written;
    int digested;
    boolean digestEnded;

    Growing(WeightWriter writer) {
      this.writer = writer;
    }

    boolean complete() {
      return digestEnded && written == digested;
    }
  }

  OutputChain(List<WeightFile> files, Path folder, Flusher flusher) {
    this.files = files;
    this.folder = folder;
    this.flusher = flusher;
    this.results = new MergeReport.OutputFile[files.size()];
    this.turns = new DigestTurn[files.size()];
    Arrays.setAll(turns, _ -> new DigestTurn());
  }

  DigestTurn turn(int file) {
    return turns[file];
  }

  synchronized void open(int file) throws IOException {
    if (!growing.containsKey(file) && results[file] == null) {
      var writer = new WeightWriter(files.get(file), folder);
      growing.put(file, new Growing(writer));
      flusher.watch(writer);
    }
  }

  private synchronized Growing growing(Block block) {
    return growing.get(block.file());
  }

  /** Writes a block at its place; from any thread, in any order. */
  void write(Block block, MemorySegment bytes) throws IOException {
    Growing file = growing(block);
    file.writer.write(block.place(), block.offset(), bytes);
    flusher.wrote(file.writer, bytes.byteSize());
    synchronized (this) {
      file.written++;
      handOn(block, file);
    }
  }

  /** Takes the next block into its file's digest; from one thread at a time for each file. */
  void digest(Block block, MemorySegment bytes) throws IOException {
    Growing file = growing(block);
    file.writer.digest(bytes);
    synchronized (this) {
      file.digested++;
      if (block.endsFile()) {
        results[block.file()] = file.writer.finish();
        file.digestEnded = true;
      }
      handOn(block, file);
    }
  }

  private void handOn(Block block, Growing file) {
    if (file.complete()) {
      growing.remove(block.file());
      flusher.complete(file.writer);
    }
  }

  synchronized List<MergeReport.OutputFile> results() {
    return List.of(results);
  }

  synchronized void close() throws IOException {
    var failures = new Failures();
    growing.values().forEach(file -> failures.run(file.writer::close));
    growing.clear();
    failures.rethrow();
  }
}
