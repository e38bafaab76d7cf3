package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code recycler resume}. */
@Command(
    name = "resume",
    description = "Go on after a pause, and try every failed step again.",
    footerHeading = "%nExample%n",
    footer = "  recycler resume olmo2-math")
public final class ResumeCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(paramLabel = "SERIES", description = "Name of the series.")
  private String series;

  ResumeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (TemporalConnection connection = server.connect(session.places())) {
      int steps = new SeriesClient(connection).resume(series);
      session.console().say(told(steps));
      return ExitCode.OK.code();
    }
  }

  private String told(int steps) {
    return switch (steps) {
      case 0 -> "Series " + series + " goes on.";
      case 1 -> "1 step is being tried again.";
      default -> steps + " steps are being tried again.";
    };
  }
}
