package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import java.io.Console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler cancel}. */
@Command(
    name = "cancel",
    description = "End a series and its running steps; what is finished stays.",
    footerHeading = "%nExample%n",
    footer = "  recycler cancel olmo2-math --yes")
public final class CancelCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(paramLabel = "SERIES", description = "Name of the series.")
  private String series;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  CancelCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (TemporalConnection connection = server.connect(session.places())) {
      SeriesClient client = new SeriesClient(connection);
      if (client.isClosed(series)) {
        session.console().say("Series " + series + " has already ended.");
        return ExitCode.OK.code();
      }
      confirm();
      client.cancel(series);
      session
          .console()
          .say(
              "Series "
                  + series
                  + " is being cancelled. 'recycler start' with its file takes it up again; finished"
                  + " steps are kept.");
      return ExitCode.OK.code();
    }
  }

  @SuppressWarnings("SystemConsoleNull") // it is null where Java is told to use its plain console
  private void confirm() {
    if (yes) {
      return;
    }
    Console terminal = System.console();
    if (terminal == null || !terminal.isTerminal()) {
      throw new CommandFailed(ExitCode.USAGE, "to cancel a series without being asked, add --yes.");
    }
    String answer = terminal.readLine("End series %s and its running steps? [y/N] ", series);
    if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
      throw new CommandFailed(ExitCode.USAGE, "not cancelled.");
    }
  }
}
