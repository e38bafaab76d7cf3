package dev.recycler.activities.merge;

import dev.recycler.activities.merge.BlockCursor.Block;
import dev.recycler.activities.safetensors.ShardLayout.WeightFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hands out the blocks of all files of the output. Each thread goes on with a file of its own as
 * long as there is one: a file's digest needs its bytes in order, so that no more than one thread
 * can be at it, while those of several files go on side by side. A thread that finds no further
 * file, or enough of them begun, helps with the one that has most left. Not safe for several
 * threads.
 */
final class BlockQueue {
  /** Of each output. More would not be read and written faster, and a disk likes few streams. */
  private static final int MOST_FILES = 8;

  private final List<WeightFile> files;
  private final Map<String, TensorPlan> plans;
  private final int blockBytes;
  private final BlockCursor[] byThread;
  private final List<BlockCursor> begun = new ArrayList<>();
  private int opened;

  /**
   * @param threads how many take blocks
   */
  BlockQueue(List<WeightFile> files, Map<String, TensorPlan> plans, int threads, int blockBytes) {
    this.files = files;
    this.plans = plans;
    this.blockBytes = blockBytes;
    this.byThread = new BlockCursor[threads];
  }

  /** The next block for a thread, null where all are handed out. */
  Block next(int thread) {
    if (byThread[thread] == null || byThread[thread].isAtEnd()) {
      begun.removeIf(BlockCursor::isAtEnd);
      byThread[thread] = another().orElse(null);
    }
    return byThread[thread] == null ? null : byThread[thread].next();
  }

  private Optional<BlockCursor> another() {
    if (opened < files.size() && begun.size() < MOST_FILES) {
      var cursor = new BlockCursor(opened, files.get(opened), plans, blockBytes);
      opened++;
      begun.add(cursor);
      return Optional.of(cursor);
    }
    return begun.stream().max(Comparator.comparingLong(BlockCursor::bytesLeft));
  }
}
