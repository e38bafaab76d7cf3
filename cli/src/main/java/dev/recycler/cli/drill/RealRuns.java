package dev.recycler.cli.drill;

import dev.recycler.cli.console.Places;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which runs of a drill use real tools, and what they must give.
 *
 * @param every each so manieth, from 1 for all
 * @param expected what an undisturbed run gave
 */
record RealRuns(int every, RealTools tools, RealSeries series, Expected expected) {
  /**
   * Whether a run is one.
   *
   * @param number of the run in the drill, from 1
   */
  boolean include(int number) {
    return number % every == 0;
  }

  /**
   * Makes the folder of a run and what is in it.
   *
   * @param kinds the faults to choose from
   */
  DrillRun.Plan plan(long seed, List<FaultKind> kinds, Path folder, Places places)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    RunFolder made = RunFolder.make(folder, "drill-" + seed);
    RealShape shape = RealShape.of(tools, random.split(), kinds);
    SeriesSpec spec = series.write(made, shape, places);
    Schedule schedule = Schedule.of(random.split(), kinds, shape, expected.steps());
    return new DrillRun.Plan(seed, made, shape, spec, expected, schedule);
  }
}
