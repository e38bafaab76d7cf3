package dev.recycler.cli.series;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The step of a running series that a command asks something of. */
final class RunningStep {
  @Mixin private RunningSeries series;

  @Parameters(
      index = "1",
      paramLabel = "STEP",
      description = "Id of the step, as 'status' shows it.")
  private String id;

  RunningSeries series() {
    return series;
  }

  String id() {
    return id;
  }
}
