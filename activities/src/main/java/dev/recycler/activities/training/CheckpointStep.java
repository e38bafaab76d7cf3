package dev.recycler.activities.training;

import dev.recycler.activities.process.ToolBeats;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.NotYet;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.CheckpointInput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Waits for the next whole checkpoint of a training that runs, and keeps it. One that cannot be
 * kept is passed over.
 */
public final class CheckpointStep implements Step<CheckpointInput, Checkpoint> {
  private static final long POLL_MILLIS = 1000;

  /** A training may wait for its devices for days; nobody need sit by. */
  private static final Duration UNTIL_IT_BEGINS = Duration.ofSeconds(5);

  private final ToolHome tools;
  private final ToolHost host;
  private final FindOrMake store;

  public CheckpointStep(ToolHome tools, ToolHost host, FindOrMake store) {
    this.tools = tools;
    this.host = host;
    this.store = store;
  }

  @Override
  public Checkpoint run(CheckpointInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    KeptCheckpoints checkpoints = new KeptCheckpoints(input.training(), tools, host, store);
    ToolBeats beats = checkpoints.beats(monitor);
    Set<Path> refused = new HashSet<>();
    while (true) {
      beats.waiting("waiting for a checkpoint");
      for (Map.Entry<Long, Path> saved :
          checkpoints.saved().tailMap(input.after() + 1).entrySet()) {
        // By its folder: the next attempt may save the same step in another.
        if (refused.add(saved.getValue())) {
          Optional<Checkpoint> kept =
              checkpoints.keep(saved.getKey(), saved.getValue(), Optional.empty(), monitor);
          if (kept.isPresent()) {
            return kept.get();
          }
        }
      }
      if (input.askedAgain() && checkpoints.attempts().isEmpty()) {
        throw new NotYet("the training has not begun", UNTIL_IT_BEGINS);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }
}
