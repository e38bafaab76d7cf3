package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code recycler resume}. */
@Command(
    name = "resume",
    description = "Go on after a pause, and try every failed step again.",
    footerHeading = "%nExample%n",
    footer = "  recycler resume olmo2-math")
public final class ResumeCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private RunningSeries series;

  ResumeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    int steps = series.with(session, client -> client.resume(series.name()));
    session
        .console()
        .say(
            switch (steps) {
              case 0 -> "Series " + series.name() + " goes on.";
              case 1 -> "1 step is being tried again.";
              default -> steps + " steps are being tried again.";
            });
    return ExitCode.OK.code();
  }
}
