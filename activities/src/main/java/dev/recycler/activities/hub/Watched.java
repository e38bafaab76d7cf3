package dev.recycler.activities.hub;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work on a thread of its own while the caller's tells how far it is: requests and pauses then
 * never hold a heartbeat up, and what the caller's telling throws ends the work.
 */
final class Watched {
  private static final long EVERY_MILLIS = 250;

  private Watched() {}

  /**
   * @param tell called several times a second on this thread
   * @param cancel called once where the work has to end early, before its thread is interrupted
   */
  static <T> T run(Callable<T> work, Runnable tell, Runnable cancel)
      throws IOException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = Thread.ofVirtual().name("hub").start(task);
    try {
      while (true) {
        tell.run();
        try {
          return task.get(EVERY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          // not yet
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        default -> throw new IOException(e.getCause());
      }
    } finally {
      if (thread.isAlive()) {
        cancel.run();
        thread.interrupt();
        joinWhateverHappens(thread);
      }
    }
  }

  /** Nothing of the work goes on after this. */
  private static void joinWhateverHappens(Thread thread) {
    boolean interrupted = Thread.interrupted();
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
  }
}
