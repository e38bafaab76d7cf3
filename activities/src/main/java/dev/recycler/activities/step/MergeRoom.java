package dev.recycler.activities.step;

import dev.recycler.workflows.activity.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * How many merges a worker runs at once, and how much of a store's disk they leave free. A merge
 * waits for those before it rather than fill the disk together with them.
 */
public final class MergeRoom {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final int most;
  private final long keepFree;
  private int running;
  private long promised;

  /**
   * @param most merges at once, at least 1
   * @param keepFree bytes of a store's disk that stay free
   */
  public MergeRoom(int most, long keepFree) {
    if (most < 1) {
      throw new IllegalArgumentException("room for at least one merge is needed");
    }
    this.most = most;
    this.keepFree = keepFree;
  }

  /** The place of one merge; closing gives it back. */
  public final class Place implements AutoCloseable {
    private final long bytes;

    private Place(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        running--;
        promised -= bytes;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Waits for room.
   *
   * @param store where the merge will write
   * @param bytes how much
   * @param waiting told about once a second what is waited for; what it throws ends that
   * @throws StepFailed where there is not enough though no other merge runs here
   */
  public Place enter(Path store, long bytes, Consumer<String> waiting)
      throws IOException, InterruptedException {
    while (true) {
      String why;
      lock.lockInterruptibly();
      try {
        why = whyNot(store, bytes);
        if (why == null) {
          running++;
          promised += bytes;
          return new Place(bytes);
        }
        if (running == 0) {
          throw new StepFailed(FailureKind.MACHINE, why);
        }
        changed.await(1, TimeUnit.SECONDS);
      } finally {
        lock.unlock();
      }
      waiting.accept(why);
    }
  }

  private String whyNot(Path store, long bytes) throws IOException {
    if (running >= most) {
      return "waiting for one of %d merges".formatted(running);
    }
    long free = Files.getFileStore(store).getUsableSpace();
    // What the others have written by now is counted twice, so that too little is never promised.
    return free - promised >= bytes + keepFree
        ? null
        : ("the merge writes %s, and %s has %s free, of which %s are promised and %s are to stay free;"
                + " make room (`recycler gc %s`) or lower keep-free")
            .formatted(size(bytes), store, size(free), size(promised), size(keepFree), store);
  }

  private static String size(long bytes) {
    String text = "%d B".formatted(bytes);
    double left = bytes;
    for (String unit : List.of("KiB", "MiB", "GiB", "TiB")) {
      if (left < 1024) {
        return text;
      }
      left /= 1024;
      text = String.format(Locale.ROOT, "%.1f %s", left, unit);
    }
    return text;
  }
}
