package dev.recycler.cli.quickstart;

import dev.recycler.workflows.spec.Strategy;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a quickstart's series is made from; a home belongs to one set of them.
 *
 * @param releases how many base-model releases
 * @param seed of their pretraining
 * @param strategies in the order asked for
 * @param smoke whether everything is as small as can be
 */
record Parameters(int releases, long seed, List<Strategy> strategies, boolean smoke) {
  Parameters {
    strategies = List.copyOf(strategies);
  }

  /** The generator's name of the size. */
  String size() {
    return smoke ? "smoke" : "full";
  }

  /** The options that ask for these. */
  String options() {
    return (smoke ? "--smoke " : "")
        + "--releases "
        + releases
        + " --seed "
        + seed
        + " --strategies "
        + strategies.stream().map(Strategy::key).collect(Collectors.joining(","));
  }
}
