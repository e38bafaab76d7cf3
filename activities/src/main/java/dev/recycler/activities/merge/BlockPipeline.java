package dev.recycler.activities.merge;

import dev.recycler.activities.merge.BlockCursor.Block;
import dev.recycler.activities.safetensors.ShardLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/**
 * Carries the blocks of a merge through reading, computing, writing and digesting, on a fixed
 * number of threads with a fixed number of buffers.
 *
 * <p>Each computing thread takes the next block of a file of the output, reads its sides with
 * explicit reads into its own buffers and computes into a buffer of the pool. Threads of their own
 * write the results at their places, so that no core waits for the disk. Digests need the bytes of
 * a file in order: whoever hands in the block that a file's digest waits for digests it and all
 * that follow it and are there, while the others go on. A thread takes a buffer before it takes a
 * block, so the block that all wait for always has one. One more thread keeps asking the disk to
 * take what is written, so that the last sync finds little left.
 */
final class BlockPipeline {
  private static final long PROGRESS_MILLIS = 100;

  private final Kernels kernels;
  private final LoadMode load;
  private final ShardLayout layout;
  private final List<Path> folders;
  private final BlockQueue queue;
  private final int blockBytes;
  private final int threads;
  private final int writers;
  private final BiConsumer<Block, BlockStats> stats;

  private final Object lock = new Object();
  private final Deque<Slot> free = new ArrayDeque<>();
  private final Deque<Slot> unwritten = new ArrayDeque<>();
  private final Map<Place, Slot> filled = new HashMap<>();
  private final List<OutputChain> chains = new ArrayList<>();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder bytesMoved = new LongAdder();
  private Throwable failure;
  private boolean stopped;
  private int computing;
  private int writing;

  /** Which block of which file. */
  private record Place(int file, long number) {}

  /** Buffers for the results of one block, and how many writes and digests still need them. */
  private static final class Slot {
    final List<MemorySegment> buffers = new ArrayList<>();
    Block block;
    int usesLeft;

    /** Makes the buffers, by who needs them first: all at once, they would keep others waiting. */
    void fill(Arena arena, int outputs, int blockBytes) {
      while (buffers.size() < outputs) {
        buffers.add(Buffers.allocate(arena, blockBytes));
      }
    }
  }

  /**
   * @param folders where each output goes; none where only measured
   * @param stats gets the measurements of each block, in any order and from several threads; or
   *     null
   */
  BlockPipeline(
      Kernels kernels,
      LoadMode load,
      ShardLayout layout,
      Map<String, TensorPlan> plans,
      List<Path> folders,
      PipelineSize size,
      BiConsumer<Block, BlockStats> stats) {
    this.kernels = kernels;
    this.load = load;
    this.layout = layout;
    this.folders = folders;
    this.blockBytes = size.blockBytes();
    this.threads = size.threads();
    this.writers = folders.isEmpty() ? 0 : size.writers();
    this.queue = new BlockQueue(layout.files(), plans, threads, blockBytes);
    this.stats = stats;
    for (int i = 0; i < size.slots(); i++) {
      free.add(new Slot());
    }
  }

  /** Bytes of tensors read from files so far. */
  long bytesRead() {
    return bytesRead.sum();
  }

  /** Bytes read and written so far. */
  long bytesMoved() {
    return bytesMoved.sum();
  }

  /** Called by the thread that runs the merge while others work. */
  interface Watcher {
    /** Tells how far it is; whether to stop. */
    boolean cancelled(String phase);
  }

  /**
   * Runs to the end.
   *
   * @return the files of each output
   */
  List<List<MergeReport.OutputFile>> run(Watcher watcher) throws IOException, InterruptedException {
    try (Arena arena = Arena.ofShared();
        Flusher flusher = folders.isEmpty() ? null : new Flusher()) {
      for (Path folder : folders) {
        chains.add(new OutputChain(layout.files(), folder, flusher));
      }
      var workers = new ArrayList<Thread>();
      try {
        computing = threads;
        writing = writers;
        for (int i = 0; i < threads; i++) {
          int thread = i;
          workers.add(start("merge-" + i, () -> work(thread, arena)));
        }
        for (int i = 0; i < writers; i++) {
          workers.add(start("merge-write-" + i, this::write));
        }
        await(watcher, flusher);
        var results = new ArrayList<List<MergeReport.OutputFile>>();
        if (flusher != null) {
          flusher.finish(() -> check(watcher, "sync"));
        }
        chains.forEach(chain -> results.add(chain.results()));
        return results;
      } catch (Throwable e) {
        stop(e);
        throw e;
      } finally {
        stop(null);
        joinAll(workers);
        closeChains();
      }
    }
  }

  private static Thread start(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name(name).start(task);
  }

  private void await(Watcher watcher, Flusher flusher) throws IOException, InterruptedException {
    while (true) {
      synchronized (lock) {
        if (computing + writing > 0 && failure == null) {
          lock.wait(PROGRESS_MILLIS);
        }
        rethrow(failure);
        if (computing + writing == 0) {
          return;
        }
      }
      if (flusher != null) {
        rethrow(flusher.failure());
      }
      check(watcher, "merge");
    }
  }

  private static void check(Watcher watcher, String phase) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the merge was interrupted");
    }
    if (watcher.cancelled(phase)) {
      throw new CancellationException("the merge was cancelled");
    }
  }

  private static void rethrow(Throwable failure) throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private void work(int thread, Arena arena) {
    try {
      var math = new BlockMath(kernels, load, arena, blockBytes);
      while (true) {
        Slot slot = take(thread);
        if (slot == null) {
          break;
        }
        slot.fill(arena, folders.size(), blockBytes);
        compute(math, slot);
        handIn(slot);
      }
      synchronized (lock) {
        computing--;
        lock.notifyAll();
      }
    } catch (Throwable e) {
      stop(e);
    }
  }

  private void write() {
    try {
      while (true) {
        Slot slot = takeUnwritten();
        if (slot == null) {
          break;
        }
        Block block = slot.block;
        for (int i = 0; i < chains.size(); i++) {
          chains.get(i).write(block, slot.buffers.get(i).asSlice(0, block.bytes()));
          bytesMoved.add(block.bytes());
          synchronized (lock) {
            release(slot);
          }
        }
      }
      synchronized (lock) {
        writing--;
        lock.notifyAll();
      }
    } catch (Throwable e) {
      stop(e);
    }
  }

  private Slot takeUnwritten() throws InterruptedException {
    synchronized (lock) {
      while (unwritten.isEmpty() && computing > 0 && !stopped) {
        lock.wait();
      }
      return stopped ? null : unwritten.poll();
    }
  }

  private Slot take(int thread) throws InterruptedException, IOException {
    synchronized (lock) {
      while (free.isEmpty() && !stopped) {
        lock.wait();
      }
      if (stopped) {
        return null;
      }
      Block block = queue.next(thread);
      if (block == null) {
        return null;
      }
      for (OutputChain chain : chains) {
        chain.open(block.file());
      }
      Slot slot = free.pop();
      slot.block = block;
      slot.usesLeft = 2 * chains.size();
      return slot;
    }
  }

  private void compute(BlockMath math, Slot slot) throws IOException {
    Block block = slot.block;
    BlockStats measured = stats == null ? null : new BlockStats();
    long read = math.compute(block.plan(), block.first(), block.n(), slot.buffers, measured);
    if (measured != null) {
      stats.accept(block, measured);
    }
    bytesRead.add(read);
    bytesMoved.add(read);
  }

  private void handIn(Slot slot) throws IOException {
    int file = slot.block.file(); // before others may use the slot again
    synchronized (lock) {
      if (chains.isEmpty()) {
        free.push(slot);
        return;
      }
      filled.put(new Place(file, slot.block.number()), slot);
      unwritten.add(slot);
      lock.notifyAll();
    }
    for (int i = 0; i < chains.size(); i++) {
      digest(i, file);
    }
  }

  /** Digests all blocks of a file that are there and come next, unless another thread is at it. */
  private void digest(int which, int file) throws IOException {
    OutputChain chain = chains.get(which);
    OutputChain.DigestTurn turn = chain.turn(file);
    boolean first = true;
    Slot slot = null;
    while (true) {
      synchronized (lock) {
        if (first) {
          if (turn.busy) {
            return;
          }
          turn.busy = true;
          first = false;
        } else {
          turn.next++;
          release(slot);
        }
        slot = filled.get(new Place(file, turn.next));
        if (slot == null || stopped) {
          turn.busy = false;
          return;
        }
      }
      Block block = slot.block;
      chain.digest(block, slot.buffers.get(which).asSlice(0, block.bytes()));
    }
  }

  private void release(Slot slot) {
    slot.usesLeft--;
    if (slot.usesLeft == 0) {
      filled.remove(new Place(slot.block.file(), slot.block.number()));
      free.push(slot);
      lock.notifyAll();
    }
  }

  private void stop(Throwable cause) {
    synchronized (lock) {
      if (cause != null && failure == null) {
        failure = cause;
      }
      stopped = true;
      lock.notifyAll();
    }
  }

  /** Waits for the workers, whose blocks are short, even where this thread is interrupted. */
  private static void joinAll(List<Thread> workers) {
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What failed first is what is told: closing says no more after it. */
  private void closeChains() throws IOException {
    var failures = new Failures();
    chains.forEach(chain -> failures.run(chain::close));
    try {
      failures.rethrow();
    } catch (IOException e) {
      if (failure == null) {
        throw e;
      }
      failure.addSuppressed(e);
    }
  }
}
