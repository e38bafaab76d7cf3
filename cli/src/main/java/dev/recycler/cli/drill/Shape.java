package dev.recycler.cli.drill;

import java.util.List;
import java.util.random.RandomGenerator;

/** The series of one run, with what tools, and who works on it. */
sealed interface Shape permits StandInShape, RealShape {
  /** How long a lease lasts in a drill; a busy machine has room. */
  int LEASE_SECONDS = 12;

  /** What trains and scores. */
  Tools tools();

  /** How many there are in the end, at least 2. */
  int releases();

  /** Optimizer steps of a fine-tuning. */
  int steps();

  /** Steps between two checkpoints. */
  int saveEvery();

  /** Whether the last release is added while the series runs. */
  boolean late();

  /** How many the series file has when it is started. */
  default int releasesAtFirst() {
    return releases() - (late() ? 1 : 0);
  }

  /** Whether the releases lie on a hub. */
  boolean hub();

  /** How many processes work. */
  int workers();

  /** On how many hosts they believe to be. */
  int hosts();

  /** Events of history after which the series goes on in a new run; 0 for never. */
  int mostEvents();

  /** For people. */
  String text();

  /** Whether the last release comes late, by chance. */
  static boolean late(RandomGenerator random, List<FaultKind> kinds) {
    return random.nextInt(3) == 0 && kinds.contains(FaultKind.ADD_RELEASE);
  }

  /** On how many hosts the workers believe to be, by chance. */
  static int hosts(RandomGenerator random, List<FaultKind> kinds) {
    return kinds.contains(FaultKind.STOP_HOST) && random.nextInt(3) == 0 ? 2 : 1;
  }

  /** How many releases there are, for people. */
  default String count() {
    return releases() + " releases" + (late() ? " (the last one late)" : "");
  }

  /** Who works on it, for people. */
  default String crew() {
    return "%d worker%s%s%s"
        .formatted(
            workers(),
            workers() == 1 ? "" : "s",
            hosts() == 1 ? "" : " on " + hosts() + " hosts",
            mostEvents() == 0 ? "" : ", new run after " + mostEvents() + " events");
  }
}
