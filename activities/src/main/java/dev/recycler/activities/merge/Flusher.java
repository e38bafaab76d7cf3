package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.CheckpointIoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks the disk to take what has been written, while the merge goes on, and closes files that are
 * complete. Left alone, the kernel would begin only after seconds, and the last sync would wait for
 * nearly everything.
 */
final class Flusher implements AutoCloseable {
  private static final long STEP_BYTES = 64L << 20;

  private final Object lock = new Object();

  /** Files that are being written, with the bytes that the disk was not asked to take yet. */
  private final Map<WeightWriter, Long> writing = new HashMap<>();

  private final List<WeightWriter> complete = new ArrayList<>();
  private final Thread thread;
  private boolean flushing;
  private boolean ended;
  private IOException failure;

  Flusher() {
    this.thread = Thread.ofPlatform().daemon().name("merge-flush").start(this::work);
  }

  void watch(WeightWriter writer) {
    synchronized (lock) {
      writing.put(writer, 0L);
    }
  }

  void wrote(WeightWriter writer, long bytes) {
    synchronized (lock) {
      Long sum = writing.computeIfPresent(writer, (_, before) -> before + bytes);
      if (sum != null && sum >= STEP_BYTES) {
        lock.notifyAll();
      }
    }
  }

  void complete(WeightWriter writer) {
    synchronized (lock) {
      writing.remove(writer);
      complete.add(writer);
      lock.notifyAll();
    }
  }

  IOException failure() {
    synchronized (lock) {
      return failure;
    }
  }

  /** What is done while waiting. */
  interface Check {
    void run() throws InterruptedException;
  }

  /** Waits until every complete file is on disk and closed. */
  void finish(Check check) throws IOException, InterruptedException {
    synchronized (lock) {
      while ((!complete.isEmpty() || flushing) && failure == null) {
        lock.wait(100);
        check.run();
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private void work() {
    try {
      while (true) {
        List<WeightWriter> toFlush;
        boolean toClose;
        synchronized (lock) {
          while (!ended && complete.isEmpty() && due().isEmpty()) {
            lock.wait();
          }
          if (ended) {
            return;
          }
          toClose = !complete.isEmpty();
          toFlush = toClose ? List.copyOf(complete) : due();
          if (toClose) {
            complete.clear();
          } else {
            toFlush.forEach(writer -> writing.put(writer, 0L));
          }
          flushing = true;
        }
        flush(toFlush, toClose);
        synchronized (lock) {
          flushing = false;
          lock.notifyAll();
        }
      }
    } catch (IOException e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // Whoever waits for the disk must not wait for a thread that is gone.
      fail(new CheckpointIoException("flushing to disk failed: " + e, e));
    }
  }

  private List<WeightWriter> due() {
    return writing.entrySet().stream()
        .filter(entry -> entry.getValue() >= STEP_BYTES)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void fail(IOException e) {
    synchronized (lock) {
      failure = e;
      lock.notifyAll();
    }
  }

  /** Every file is closed where that is asked for, also after one that failed. */
  private static void flush(List<WeightWriter> writers, boolean close) throws IOException {
    var failures = new Failures();
    for (WeightWriter writer : writers) {
      failures.run(writer::flush);
      if (close) {
        failures.run(writer::close);
      }
    }
    failures.rethrow();
  }

  /** Ends the thread, after the flush that it is at. */
  @Override
  public void close() throws IOException {
    synchronized (lock) {
      ended = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    var failures = new Failures();
    complete.forEach(writer -> failures.run(writer::close));
    failures.rethrow();
  }
}
