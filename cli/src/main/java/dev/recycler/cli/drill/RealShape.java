package dev.recycler.cli.drill;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The series of a run with real tools: always the same one, since what it must give is known from
 * one undisturbed run of it; who works on it, and how, follows from the seed.
 *
 * @param tools where they are
 */
record RealShape(RealTools tools, boolean late, int workers, int hosts, int mostEvents)
    implements Shape {
  /** Six epochs of ten; a checkpoint at the end of an epoch is among the four. */
  static final int STEPS = 60;

  static final int SAVE_EVERY = 15;

  /** All of M1 from the beginning, by one worker. */
  static RealShape undisturbed(RealTools tools) {
    return new RealShape(tools, false, 1, 1, 0);
  }

  /** A shape by chance. */
  static RealShape of(RealTools tools, RandomGenerator random, List<FaultKind> kinds) {
    boolean late = Shape.late(random, kinds);
    int hosts = Shape.hosts(random, kinds);
    return new RealShape(
        tools,
        late,
        Math.max(hosts, 1 + random.nextInt(2)),
        hosts,
        random.nextInt(3) == 0 ? 30 + random.nextInt(30) : 0);
  }

  @Override
  public int releases() {
    return 2;
  }

  @Override
  public int steps() {
    return STEPS;
  }

  @Override
  public int saveEvery() {
    return SAVE_EVERY;
  }

  @Override
  public boolean hub() {
    return false;
  }

  @Override
  public String text() {
    return "%s, direct+iterative, TRL and lm-eval, %d steps, %s".formatted(count(), STEPS, crew());
  }
}
