package dev.recycler.cli.drill;

import dev.recycler.activities.step.ToolHome;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What trains and scores in a run, as far as the drill has to know it. */
sealed interface Tools permits StandIns, RealTools {
  /** How its processes and files are known. */
  Programs programs();

  /** How long they take for what a drill waits for. */
  Pace pace();

  /** Milliseconds between a fault's moment and the fault, by chance. */
  int delay(RandomGenerator random);

  /** Whether it is a fault that can be done to them. */
  boolean can(FaultKind kind);

  /** Whether the trainer has a checkpoint on disk before it marks it as whole. */
  boolean forcesCheckpoints();

  /** Where the workers of a run find their Python. */
  ToolHome home();

  /** Variables that the workers of a run and what they start are given. */
  Map<String, String> environment(RunFolder folder);

  /** Begins to watch those of a run. */
  Accounts accounts(RunFolder folder, TimeLine timeLine);

  /**
   * How processes and files are known.
   *
   * @param trainer what a trainer's command line has in it, and no other process's
   * @param harness the same of a harness
   * @param outputs the arguments before the folder that either writes
   * @param state what the folder of a checkpoint is called, before its step
   * @param last the file in it that is written last
   */
  record Programs(String trainer, String harness, Set<String> outputs, String state, String last) {
    public Programs {
      outputs = Set.copyOf(outputs);
    }
  }

  /**
   * How long things take.
   *
   * @param victim a process or a checkpoint that is not there yet is waited for so long
   * @param limit a series must have ended so long after its last fault; a busy machine has room
   */
  record Pace(Duration victim, Duration limit) {}
}
