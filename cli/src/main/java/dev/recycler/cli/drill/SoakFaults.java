package dev.recycler.cli.drill;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The mild faults of a soak, one a minute or so. The first worker is never hit: what it leaks is to
 * be seen.
 */
final class SoakFaults {
  private static final Set<FaultKind> MILD =
      Set.of(
          FaultKind.KILL_WORKER,
          FaultKind.TERM_WORKER,
          FaultKind.STOP_WORKER,
          FaultKind.KILL_SUPERVISOR,
          FaultKind.KILL_TRAINER,
          FaultKind.TERM_TRAINER,
          FaultKind.STOP_TRAINER,
          FaultKind.KILL_BOTH,
          FaultKind.KILL_HARNESS,
          FaultKind.KILL_SERVER,
          FaultKind.CUT_NETWORK,
          FaultKind.SLOW_NETWORK,
          FaultKind.TRAINER_CRASH,
          FaultKind.TRAINER_TORN,
          FaultKind.TRAINER_FORK,
          FaultKind.HARNESS_CRASH,
          FaultKind.PAUSE,
          FaultKind.GC);

  /** Of all its life a server of the product's own is started again so often only. */
  private static final int MOST_SERVER_KILLS = 3;

  private final List<FaultKind> kinds;
  private final RandomGenerator random;
  private final Instant half;
  private final Instant end;
  private int serverKills;

  /**
   * @param kinds what is asked for; only what is mild is taken of it
   * @param begun when the soak began
   * @param length how long faults go on
   */
  SoakFaults(List<FaultKind> kinds, RandomGenerator random, Instant begun, Duration length) {
    this.kinds = kinds.stream().filter(MILD::contains).toList();
    this.random = random;
    this.half = begun.plus(length.dividedBy(2));
    this.end = begun.plus(length);
  }

  /** Strikes until the time is over. */
  void run(Injector injector) throws IOException, InterruptedException {
    while (!kinds.isEmpty()) {
      Thread.sleep(40_000 + random.nextInt(40_000));
      if (!Instant.now().isBefore(end)) {
        return;
      }
      FaultKind kind = kinds.get(random.nextInt(kinds.size()));
      if (kind != FaultKind.KILL_SERVER || mayKillServer()) {
        injector.strike(fault(kind));
        injector.requireSound();
      }
    }
  }

  /** In the first half only: a new server's memory is not what is to be judged. */
  private boolean mayKillServer() {
    return Instant.now().isBefore(half) && ++serverKills <= MOST_SERVER_KILLS;
  }

  private Fault fault(FaultKind kind) {
    // Of two workers the second.
    int which = 1 + 2 * random.nextInt(1000);
    return new Fault(kind, 0, 0, which, 1000 + random.nextInt(6000), "");
  }
}
