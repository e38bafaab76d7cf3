package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.workflows.SeriesWorkflow;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code recycler finish}. */
@Command(
    name = "finish",
    description = "Let a series watch for no more releases, and finish.",
    footerHeading = "%nExample%n",
    footer = "  recycler finish olmo2-math")
public final class FinishCommand implements Callable<Integer> {
  @Mixin private RunningSeries series;

  @Override
  public Integer call() {
    series.tell(SeriesWorkflow::finish);
    series.say(
        "Series %s watches for no more releases; it finishes when what it has is done."
            .formatted(series.name()));
    return ExitCode.OK.code();
  }
}
