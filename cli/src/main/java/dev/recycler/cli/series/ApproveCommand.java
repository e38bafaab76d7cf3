package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code recycler approve}. */
@Command(
    name = "approve",
    description = "Let a gate go on that waits for a person.",
    footerHeading = "%nExample%n",
    footer = "  recycler approve olmo2-math M3.iterative.gate")
public final class ApproveCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private RunningSeries series;

  @Parameters(
      index = "1",
      paramLabel = "STEP",
      description = "Id of the step, as 'status' shows it.")
  private String step;

  ApproveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    series.ask(
        session,
        workflow -> {
          workflow.approve(step);
          return null;
        });
    session.console().say(step + " is approved: the fine-tuning behind it is done.");
    return ExitCode.OK.code();
  }
}
