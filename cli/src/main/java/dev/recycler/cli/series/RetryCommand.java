package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code recycler retry}. */
@Command(
    name = "retry",
    description = "Try one failed step again, or take back that it was skipped.",
    footerHeading = "%nExample%n",
    footer = "  recycler retry olmo2-math M3.iterative.finetune")
public final class RetryCommand implements Callable<Integer> {
  @Mixin private RunningStep step;

  @Override
  public Integer call() {
    step.series().tell(workflow -> workflow.retry(step.id()));
    step.series().say(step.id() + " is being tried again.");
    return ExitCode.OK.code();
  }
}
