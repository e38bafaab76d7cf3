package dev.recycler.cli.drill;

import dev.recycler.cli.drill.Journals.Tool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the tools' own accounts must show: nothing finished is done again, what is done again is no
 * more than faults can cost, and two never work at one thing.
 */
final class ToolChecks {
  private final Scene scene;
  private final Journals journals;
  private final List<Fault> performed;
  private final Expected expected;
  private final List<Violation> violations = new ArrayList<>();

  ToolChecks(Scene scene, Journals journals, List<Fault> performed, Expected expected) {
    this.scene = scene;
    this.journals = journals;
    this.performed = performed;
    this.expected = expected;
  }

  List<Violation> violations() {
    Map<String, List<Tool>> trainings = journals.byRun("trainer");
    Map<String, List<Tool>> scorings = journals.byRun("harness");
    for (Map<String, List<Tool>> runs : List.of(trainings, scorings)) {
      runs.values().forEach(this::oneAtATime);
      runs.forEach(this::nothingFinishedAgain);
    }
    restarts("trained", trainings, Fault::endsTrainers);
    restarts("scored", scorings, Fault::endsHarnesses);
    trainings.values().forEach(this::lostSteps);
    return List.copyOf(violations);
  }

  private void oneAtATime(List<Tool> tools) {
    for (Tool tool : tools) {
      if (tool.busy()) {
        violated("two trainers", "process %d found %s in use".formatted(tool.pid(), tool.run()));
      }
    }
    for (int i = 0; i + 1 < tools.size(); i++) {
      Tool former = tools.get(i);
      Tool next = tools.get(i + 1);
      if (former.last().isAfter(next.begun()) && !mayBeOutOfReach(former, next)) {
        violated(
            "two trainers",
            "of %s process %d was at work until %s, and process %d since %s"
                .formatted(former.run(), former.pid(), former.last(), next.pid(), next.begun()));
      }
    }
  }

  /**
   * Whether a trainer may go on for a while after another host has taken over: where its supervisor
   * died or stood still, that host cannot reach it. It has a folder of its own then.
   */
  private boolean mayBeOutOfReach(Tool former, Tool next) {
    return scene.shape().hosts() > 1
        && !former.output().equals(next.output())
        && performed.stream().anyMatch(ToolChecks::takesSupervisorAway);
  }

  private static boolean takesSupervisorAway(Fault fault) {
    return switch (fault.kind()) {
      case STOP_HOST, KILL_SUPERVISOR, STOP_SUPERVISOR, KILL_BOTH -> true;
      default -> fault.isTakeOver() || fault.point().startsWith("supervisor.");
    };
  }

  private void nothingFinishedAgain(String run, List<Tool> tools) {
    Instant published = scene.publications().seen().get(run);
    for (Tool tool : tools) {
      if (published != null && tool.begun().isAfter(published)) {
        violated(
            "finished again",
            "%s was published by %s, and process %d began it again at %s"
                .formatted(run, published, tool.pid(), tool.begun()));
      }
    }
  }

  /** A run begins again only for a fault that ends its tool. */
  private void restarts(String done, Map<String, List<Tool>> runs, Predicate<Fault> ends) {
    long reasons = performed.stream().filter(ends).count();
    long most = 0;
    for (Fault fault : performed) {
      if (ends.test(fault)) {
        most += fault.kind().ends() == FaultKind.Ends.EVERYTHING ? scene.workers().slots() * 2L : 1;
      }
    }
    long again = 0;
    for (Map.Entry<String, List<Tool>> run : runs.entrySet()) {
      int restarts = run.getValue().size() - 1;
      again += restarts;
      if (restarts > reasons) {
        violated(
            "restarts",
            "%s was begun %d times, and %d faults could end it"
                .formatted(run.getKey(), restarts + 1, reasons));
      }
    }
    if (again > most) {
      violated(
          "restarts",
          "%d runs were %s again, and the faults could cost %d".formatted(again, done, most));
    }
    if (runs.size() > expectedRuns(done)) {
      violated(
          "restarts", "%d things were %s, of %d".formatted(runs.size(), done, expectedRuns(done)));
    }
  }

  private int expectedRuns(String done) {
    return done.equals("trained") ? expected.trainedSteps().size() : expected.scores().size();
  }

  /** What is trained again is what was done since the last checkpoint that is whole. */
  private void lostSteps(List<Tool> tools) {
    boolean damage =
        performed.stream()
            .anyMatch(
                fault ->
                    switch (fault.kind()) {
                      case FLIP_ARTIFACT, CUT_ARTIFACT -> true;
                      default -> false;
                    });
    boolean torn =
        performed.stream()
            .anyMatch(
                fault ->
                    switch (fault.kind()) {
                      case CUT_CHECKPOINT,
                          FLIP_CHECKPOINT,
                          FULL_DISK,
                          READ_ONLY,
                          STOP_HOST,
                          TRAINER_TORN,
                          POWER_CUT ->
                          true;
                      default -> false;
                    });
    boolean apart =
        scene.shape().hosts() > 1 && performed.stream().anyMatch(ToolChecks::takesSupervisorAway);
    if (damage || apart || scene.mayLoseCheckpoints(performed)) {
      // What was trained from a damaged model is not gone on from, who is out of reach goes on, and
      // what a trainer leaves to the kernel may be lost for as long as that takes its time.
      return;
    }
    long most = scene.shape().saveEvery() * (torn ? 2L : 1);
    long reached = 0;
    for (Tool tool : tools) {
      if (tool.started() && reached - tool.from() > most) {
        violated(
            "steps again",
            "%s had reached step %d, and process %d went on from step %d"
                .formatted(tool.run(), reached, tool.pid(), tool.from()));
      }
      reached = tool.started() ? Math.max(reached, tool.reached()) : reached;
    }
  }

  private void violated(String check, String what) {
    violations.add(new Violation(check, what));
  }
}
