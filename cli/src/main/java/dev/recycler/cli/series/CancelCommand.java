package dev.recycler.cli.series;

import dev.recycler.cli.console.Confirmation;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recycler cancel}. */
@Command(
    name = "cancel",
    description = "End a series and its running steps; what is finished stays.",
    footerHeading = "%nExample%n",
    footer = "  recycler cancel olmo2-math --yes")
public final class CancelCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private RunningSeries series;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  CancelCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (series.with(client -> client.isClosed(series.name()))) {
      series.say("Series " + series.name() + " has already ended.");
      return ExitCode.OK.code();
    }
    new Confirmation(session.console(), yes)
        .ask("to cancel a series", "End series %s and its running steps?".formatted(series.name()));
    series.cancel();
    series.say(
        ("Series %s is being cancelled. 'recycler start' with its file takes it up again; finished"
                + " steps are kept.")
            .formatted(series.name()));
    return ExitCode.OK.code();
  }
}
