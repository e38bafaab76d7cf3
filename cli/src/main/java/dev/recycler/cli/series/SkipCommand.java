package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code recycler skip}. */
@Command(
    name = "skip",
    description = "Give up a step and every step that needs it.",
    footerHeading = "%nExample%n",
    footer = "  recycler skip olmo2-math M3.direct.merged.evaluate.gsm8k")
public final class SkipCommand implements Callable<Integer> {
  @Mixin private RunningStep step;

  @Override
  public Integer call() {
    int steps = step.series().ask(workflow -> workflow.skip(step.id()));
    String others = steps == 1 ? "" : ", and " + (steps - 1) + " more that need it";
    step.series().say(step.id() + " is skipped" + others + ".");
    step.series()
        .say(
            "'"
                + step.series().command("retry", step.id())
                + "' takes it back while the series runs.");
    return ExitCode.OK.code();
  }
}
