package dev.recycler.cli.drill;

import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.drill.tool.Harness;
import dev.recycler.cli.drill.tool.Trainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The drill's own {@link Trainer} and {@link Harness}, which keep journals. */
record StandIns() implements Tools {
  @Override
  public Programs programs() {
    return new Programs(
        "drill.tool.Trainer", "drill.tool.Harness", Set.of("--output"), "step-", "DONE");
  }

  @Override
  public Pace pace() {
    return new Pace(Duration.ofSeconds(4), Duration.ofMinutes(4));
  }

  @Override
  public int delay(RandomGenerator random) {
    return random.nextInt(400);
  }

  @Override
  public boolean can(FaultKind kind) {
    return true;
  }

  @Override
  public boolean forcesCheckpoints() {
    return true;
  }

  /** No locked environment: the series names its own programs. */
  @Override
  public ToolHome home() {
    return new ToolHome(Path.of("/nonexistent/python"), Path.of("/nonexistent"));
  }

  @Override
  public Map<String, String> environment(RunFolder folder) {
    return Map.of();
  }

  @Override
  public Accounts accounts(RunFolder folder, TimeLine timeLine) {
    return () -> Journals.read(folder.journal());
  }
}
