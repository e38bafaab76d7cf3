package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.status.LiveView;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;

/** Follows a series on the terminal until it needs nobody to follow it. */
public final class Watch {
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  /** A worker that starts, or a server that is started again, must not end the watch. */
  private static final int LOOKS_THAT_MAY_FAIL = 20;

  private final PrintWriter out;
  private final Terminal terminal;
  private final SeriesClient client;

  /**
   * Prepares to follow.
   *
   * @param out where the view goes
   * @param terminal what that place can show
   */
  public Watch(PrintWriter out, Terminal terminal, SeriesClient client) {
    this.out = out;
    this.terminal = terminal;
    this.client = client;
  }

  /** Follows the series; tells how it ended. */
  ExitCode follow(String series) {
    try {
      return switch (until(series).state()) {
        case FINISHED, WATCHING -> ExitCode.OK;
        case RUNNING, FAILED, CANCELLED -> ExitCode.FAILED;
      };
    } catch (InterruptedException e) {
      throw new CommandFailed(
          ExitCode.INTERRUPTED,
          "interrupted; series %s goes on without you. 'recycler status %s --watch%s' comes back."
              .formatted(series, series, client.typed()),
          e);
    }
  }

  /** Follows the series until it does not run any more; returns what it was then. */
  public SeriesProgress until(String series) throws InterruptedException {
    try (LiveView view = new LiveView(out, terminal, client.typed())) {
      int failed = 0;
      while (true) {
        try {
          Look look = client.look(series);
          failed = 0;
          view.show(look.progress(), look.heartbeats(), Instant.now());
          if (look.progress().state() != SeriesState.RUNNING) {
            return look.progress();
          }
        } catch (CommandFailed e) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          failed++;
          if (e.exitCode() == ExitCode.USAGE || failed > LOOKS_THAT_MAY_FAIL) {
            throw e;
          }
        }
        Thread.sleep(BETWEEN);
      }
    }
  }
}
