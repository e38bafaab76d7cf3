package dev.recycler.cli.drill;

import dev.recycler.workflows.spec.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The series of a run with the drill's own trainer and harness; all of it follows from the seed.
 *
 * @param releases how many there are in the end, at least 2
 * @param strategies which of them are carried through
 * @param steps optimizer steps of a fine-tuning
 * @param saveEvery steps between two checkpoints
 * @param pace milliseconds that a step takes
 * @param scale λ of every merge
 * @param subjects what is scored
 * @param tasks how many evaluations there are
 * @param tensors length of each tensor
 * @param twins whether the first two releases differ in their tokenizers alone
 * @param late whether the last release is added while the series runs
 * @param workers how many processes work
 * @param hosts on how many hosts they believe to be
 * @param hub whether the releases lie on a hub
 * @param mostEvents events of history after which the series goes on in a new run; 0 for never
 */
record StandInShape(
    int releases,
    List<Strategy> strategies,
    int steps,
    int saveEvery,
    int pace,
    double scale,
    List<String> subjects,
    int tasks,
    List<Integer> tensors,
    boolean twins,
    boolean late,
    int workers,
    int hosts,
    boolean hub,
    int mostEvents)
    implements Shape {
  /** A shape by chance. */
  static StandInShape of(RandomGenerator random, List<FaultKind> kinds) {
    boolean late = Shape.late(random, kinds);
    int releases = (late ? 3 : 2) + (random.nextInt(3) == 0 ? 1 : 0);
    List<Strategy> strategies = new ArrayList<>();
    for (Strategy strategy : Strategy.values()) {
      if (random.nextInt(5) < 2) {
        strategies.add(strategy);
      }
    }
    if (strategies.isEmpty()) {
      strategies.add(Strategy.ITERATIVE);
    }
    List<String> subjects = new ArrayList<>(List.of("finetuned"));
    for (String subject : List.of("base", "merged", "checkpoints")) {
      boolean fits = !subject.equals("merged") || strategies.stream().anyMatch(Strategy::transfers);
      if (random.nextInt(4) == 0 && fits) {
        subjects.add(subject);
      }
    }
    List<Integer> tensors = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i >= 0; i--) {
      tensors.add(1 + random.nextInt(3000));
    }
    int saveEvery = 2 + random.nextInt(3);
    int hosts = Shape.hosts(random, kinds);
    boolean hub =
        kinds.stream().anyMatch(kind -> kind.group() == FaultKind.Group.HUB)
            && random.nextInt(4) == 0;
    return new StandInShape(
        releases,
        List.copyOf(strategies),
        saveEvery * (2 + random.nextInt(2)) + random.nextInt(saveEvery),
        saveEvery,
        40 + random.nextInt(80),
        List.of(1.0, 0.5, 0.75).get(random.nextInt(3)),
        List.copyOf(subjects),
        1 + random.nextInt(4) / 3,
        List.copyOf(tensors),
        random.nextInt(4) == 0,
        late,
        Math.max(hosts, 1 + random.nextInt(5) / 2),
        hosts,
        hub,
        random.nextInt(3) == 0 ? 60 + random.nextInt(60) : 0);
  }

  @Override
  public Tools tools() {
    return new StandIns();
  }

  @Override
  public String text() {
    return "%s%s, %s, %d steps, %s"
        .formatted(
            count(),
            hub ? " of a hub" : "",
            String.join("+", strategies.stream().map(Strategy::key).toList()),
            steps,
            crew());
  }
}
