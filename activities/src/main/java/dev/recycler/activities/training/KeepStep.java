package dev.recycler.activities.training;

import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.KeepInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps a checkpoint again whose kept files were damaged, or are gone, where its trainer has it.
 */
public final class KeepStep implements Step<KeepInput, Checkpoint> {
  private final ToolHome tools;
  private final ToolHost host;
  private final FindOrMake store;

  public KeepStep(ToolHome tools, ToolHost host, FindOrMake store) {
    this.tools = tools;
    this.host = host;
    this.store = store;
  }

  @Override
  public Checkpoint run(KeepInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    KeptCheckpoints checkpoints = new KeptCheckpoints(input.training(), tools, host, store);
    long step = input.checkpoint().step();
    Path saved = checkpoints.saved().get(step);
    Optional<Checkpoint> kept =
        saved == null
            ? Optional.empty()
            : checkpoints.keep(
                step, saved, Optional.of(input.checkpoint().model().digest()), monitor);
    return kept.orElseThrow(
        () ->
            StepFailed.forInput(
                Path.of(input.checkpoint().model().path()),
                ("the checkpoint at step %d of %s was damaged in the store or is gone from it, and"
                        + " its trainer does not have it as it was; skip the scores of this"
                        + " checkpoint (recycler skip), and the training goes on without them, or"
                        + " is taken up without them (recycler resume) where it has failed by now")
                    .formatted(step, input.training().context().step())));
  }
}
