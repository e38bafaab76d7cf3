package dev.recycler.cli.series;

import dev.recycler.cli.console.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code recycler resume}. */
@Command(
    name = "resume",
    description = "Go on after a pause, and try every failed step again.",
    footerHeading = "%nExample%n",
    footer = "  recycler resume olmo2-math")
public final class ResumeCommand implements Callable<Integer> {
  @Mixin private RunningSeries series;

  @Override
  public Integer call() {
    int steps = series.with(client -> client.resume(series.name()));
    String what =
        switch (steps) {
          case 0 -> "Series " + series.name() + " goes on.";
          case 1 -> "1 step is being tried again.";
          default -> steps + " steps are being tried again.";
        };
    series.say(what + " '" + series.command("status", "--watch") + "' follows it.");
    return ExitCode.OK.code();
  }
}
