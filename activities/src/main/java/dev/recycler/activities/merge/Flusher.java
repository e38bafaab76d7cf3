package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.CheckpointIoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the disk to take what has been written, while the merge goes on, and closes files that are
 * complete. Left alone, the kernel would begin only after seconds, and the last sync would wait for
 * nearly everything.
 */
final class Flusher implements AutoCloseable {
  private static final long STEP_BYTES = 64L << 20;

  private final Object lock = new Object();
  private final List<WeightWriter> writing = new ArrayList<>();
  private final List<WeightWriter> complete = new ArrayList<>();
  private final Thread thread;
  private long unflushed;
  private boolean flushing;
  private boolean ended;
  private IOException failure;

  Flusher() {
    this.thread = Thread.ofPlatform().daemon().name("merge-flush").start(this::work);
  }

  void watch(WeightWriter writer) {
    synchronized (lock) {
      writing.add(writer);
    }
  }

  void wrote(long bytes) {
    synchronized (lock) {
      unflushed += bytes;
      if (unflushed >= STEP_BYTES) {
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
          while (!ended && complete.isEmpty() && unflushed < STEP_BYTES) {
            lock.wait();
          }
          if (ended) {
            return;
          }
          toClose = !complete.isEmpty();
          toFlush = List.copyOf(toClose ? complete : writing);
          if (toClose) {
            complete.clear();
          } else {
            unflushed = 0;
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

  private void fail(IOException e) {
    synchronized (lock) {
      failure = e;
      lock.notifyAll();
    }
  }

  private static void flush(List<WeightWriter> writers, boolean close) throws IOException {
    for (WeightWriter writer : writers) {
      try {
        writer.flush();
      } finally {
        if (close) {
          writer.close();
        }
      }
    }
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
    for (WeightWriter writer : complete) {
      writer.close();
    }
  }
}
