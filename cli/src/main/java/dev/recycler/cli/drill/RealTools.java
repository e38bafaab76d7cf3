package dev.recycler.cli.drill;

import dev.recycler.activities.step.ToolHome;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * TRL and lm-evaluation-harness, started by the product's own adapters. Nearly all of their life is
 * their start: 10 s of imports for some seconds of training.
 *
 * @param home the environment that they are installed in
 */
record RealTools(ToolHome home) implements Tools {
  /** As long as a training or a scoring takes, so that every part of one is met. */
  private static final int MOST_DELAY = 15_000;

  @Override
  public Programs programs() {
    return new Programs(
        "trl.scripts.sft",
        "lm_eval",
        Set.of("--output_dir", "--output_path"),
        "checkpoint-",
        "trainer_state.json");
  }

  @Override
  public Pace pace() {
    return new Pace(Duration.ofSeconds(40), Duration.ofMinutes(15));
  }

  /** Half of the faults soon, while it trains; the others at any time until the next training. */
  @Override
  public int delay(RandomGenerator random) {
    return random.nextBoolean() ? random.nextInt(400) : random.nextInt(MOST_DELAY);
  }

  /** They do not misbehave on demand, do not fork, and their releases lie in folders. */
  @Override
  public boolean can(FaultKind kind) {
    return switch (kind.group()) {
      case MISBEHAVIOUR, HUB -> false;
      default -> kind != FaultKind.KILL_GRANDCHILD;
    };
  }

  @Override
  public boolean forcesCheckpoints() {
    return false;
  }

  @Override
  public Map<String, String> environment(RunFolder folder) {
    return Map.of(
        "HF_HOME", folder.cache().toString(), "HF_HUB_OFFLINE", "1", "HF_DATASETS_OFFLINE", "1");
  }

  @Override
  public Accounts accounts(RunFolder folder, TimeLine timeLine) {
    return new Sightings(folder, programs(), timeLine);
  }
}
