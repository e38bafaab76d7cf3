package dev.recycler.cli.series;

import dev.recycler.cli.console.Confirmation;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
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
      new Confirmation(yes)
          .ask("to cancel a series", "End series %s and its running steps?".formatted(series));
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
}
