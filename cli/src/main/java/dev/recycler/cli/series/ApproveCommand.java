package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code recycler approve}. */
@Command(
    name = "approve",
    description = "Let a gate go on that waits for a person.",
    footerHeading = "%nExample%n",
    footer = "  recycler approve olmo2-math M3.iterative.gate")
public final class ApproveCommand implements Callable<Integer> {
  @Mixin private RunningStep step;

  @Override
  public Integer call() {
    step.series().tell(workflow -> workflow.approve(step.id()));
    step.series().say(step.id() + " is approved: the fine-tuning that waited for it goes ahead.");
    return ExitCode.OK.code();
  }
}
