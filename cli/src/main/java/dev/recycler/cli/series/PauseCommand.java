package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code recycler pause}. */
@Command(
    name = "pause",
    description = "Let what runs end and start nothing more, until resume.",
    footerHeading = "%nExample%n",
    footer = "  recycler pause olmo2-math")
public final class PauseCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(paramLabel = "SERIES", description = "Name of the series.")
  private String series;

  PauseCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (TemporalConnection connection = server.connect(session.places())) {
      new SeriesClient(connection)
          .ask(
              series,
              workflow -> {
                workflow.pause();
                return null;
              });
      session
          .console()
          .say("Series " + series + " is paused. 'recycler resume " + series + "' goes on.");
      return ExitCode.OK.code();
    }
  }
}
