package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.workflows.SeriesWorkflow;
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
  @Mixin private RunningSeries series;

  @Override
  public Integer call() {
    series.tell(SeriesWorkflow::pause);
    series.say(
        "Series %s is paused: what runs is finished, nothing starts. '%s' goes on."
            .formatted(series.name(), series.command("resume")));
    return ExitCode.OK.code();
  }
}
