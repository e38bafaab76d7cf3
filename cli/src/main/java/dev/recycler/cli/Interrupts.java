package dev.recycler.cli;

import dev.recycler.cli.console.Patience;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the thread that runs the command, and keeps the
 * process alive until that thread has tidied up. The exit code is then the signal's: 130 or 143.
 */
final class Interrupts {
  private final CountDownLatch finished = new CountDownLatch(1);

  private final Patience patience;

  private Interrupts(Patience patience) {
    this.patience = patience;
  }

  static Interrupts ofThisThread(Patience patience) {
    Interrupts interrupts = new Interrupts(patience);
    Thread command = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (interrupts.finished.getCount() > 0) {
                    command.interrupt();
                    interrupts.await();
                  }
                },
                "interrupts"));
    return interrupts;
  }

  /** Called by the interrupted thread when there is nothing left to tidy up. */
  void finished() {
    finished.countDown();
  }

  private void await() {
    try {
      if (!finished.await(patience.longest().toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("recycler: the command did not end in time; ended all the same.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
