package dev.recycler.cli.drill.server;

import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.Supervision;
import dev.recycler.activities.process.ToolCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A process that is started again where it dies, as a service manager would, and that ends with
 * this one, also where this is killed.
 */
final class KeptProcess implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(300);

  private final Path runs;
  private final ToolCommand command;
  private final Supervision supervision = new Supervision();
  private final Thread keeper;
  private volatile Attempt attempt;

  /**
   * Starts it.
   *
   * @param runs folder of its logs
   */
  KeptProcess(Path runs, List<String> command) throws IOException, InterruptedException {
    this.runs = runs;
    this.command =
        new ToolCommand(command, Path.of("/"), Map.of("PATH", System.getenv("PATH"), "LANG", "C"))
            .endedWithThisProcess();
    this.attempt = launch();
    this.keeper = Thread.ofVirtual().name("keeps-" + runs.getFileName()).start(this::keep);
  }

  private Attempt launch() throws IOException, InterruptedException {
    return supervision.startOrAttach(runs, (_, _) -> command, () -> {});
  }

  private void keep() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          while (attempt.state() == Attempt.State.RUNNING) {
            Thread.sleep(POLL);
          }
          attempt.reject();
          attempt = launch();
        } catch (IOException e) {
          // Interrupted in the middle of a file, or a disk that was full for a while.
          Thread.sleep(POLL);
        }
      }
    } catch (InterruptedException e) {
      // It is being closed.
    }
  }

  /** The log of its latest start. */
  Path log() {
    return attempt.log();
  }

  /** Ends it; takes its time also where the calling thread is interrupted. */
  @Override
  public void close() throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      keeper.interrupt();
      keeper.join();
      attempt.stop(GRACE);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
