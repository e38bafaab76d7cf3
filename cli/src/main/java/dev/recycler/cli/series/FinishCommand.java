package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code recycler finish}. */
@Command(
    name = "finish",
    description = "End a series' watch for new releases; it finishes when what it has is done.",
    footerHeading = "%nExample%n",
    footer = "  recycler finish olmo2-math")
public final class FinishCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private RunningSeries series;

  FinishCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    series.ask(
        session,
        workflow -> {
          workflow.finish();
          return null;
        });
    session
        .console()
        .say(
            "Series %s watches for no more releases; it finishes when what it has is done."
                .formatted(series.name()));
    return ExitCode.OK.code();
  }
}
