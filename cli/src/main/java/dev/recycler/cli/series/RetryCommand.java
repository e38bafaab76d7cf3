package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code recycler retry}. */
@Command(
    name = "retry",
    description = "Try one failed step again, or take back that it was skipped.",
    footerHeading = "%nExample%n",
    footer = "  recycler retry olmo2-math M3.iterative.finetune")
public final class RetryCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private RunningSeries series;

  @Parameters(
      index = "1",
      paramLabel = "STEP",
      description = "Id of the step, as 'status' shows it.")
  private String step;

  RetryCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    series.ask(
        session,
        workflow -> {
          workflow.retry(step);
          return null;
        });
    session.console().say(step + " is being tried again.");
    return ExitCode.OK.code();
  }
}
