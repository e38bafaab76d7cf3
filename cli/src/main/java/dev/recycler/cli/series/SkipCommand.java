package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code recycler skip}. */
@Command(
    name = "skip",
    description = "Give up a step and every step that needs it.",
    footerHeading = "%nExample%n",
    footer = "  recycler skip olmo2-math M3.direct.merged.evaluate.gsm8k")
public final class SkipCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private RunningSeries series;

  @Parameters(
      index = "1",
      paramLabel = "STEP",
      description = "Id of the step, as 'status' shows it.")
  private String step;

  SkipCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    int steps = series.ask(session, workflow -> workflow.skip(step));
    session
        .console()
        .say(
            steps == 1
                ? step + " is skipped."
                : step + " is skipped, and " + (steps - 1) + " more that need it.");
    session.console().say("'" + series.command(session, "retry", step) + "' takes it back.");
    return ExitCode.OK.code();
  }
}
