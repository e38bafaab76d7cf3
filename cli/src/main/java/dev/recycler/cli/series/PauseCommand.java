package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code recycler pause}. */
@Command(
    name = "pause",
    description = "Let what runs end and start nothing more, until resume.",
    footerHeading = "%nExample%n",
    footer = "  recycler pause olmo2-math")
public final class PauseCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private RunningSeries series;

  PauseCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    series.ask(
        session,
        workflow -> {
          workflow.pause();
          return null;
        });
    session
        .console()
        .say(
            "Series %s is paused. '%s' goes on."
                .formatted(series.name(), series.command(session, "resume")));
    return ExitCode.OK.code();
  }
}
