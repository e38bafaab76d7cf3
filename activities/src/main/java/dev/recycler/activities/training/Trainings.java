package dev.recycler.activities.training;

import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.CheckpointInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.activity.Steps.KeepInput;
import dev.recycler.workflows.activity.Steps.StopInput;

/**
 * What is done with trainings.
 *
 * @param finetune runs one
 * @param awaitCheckpoint waits for the next checkpoint of one that runs
 * @param keepCheckpoint keeps one again whose kept files were damaged
 * @param stop takes a checkpoint for the result
 */
public record Trainings(
    Step<FinetuneInput, Finetuned> finetune,
    Step<CheckpointInput, Checkpoint> awaitCheckpoint,
    Step<KeepInput, Checkpoint> keepCheckpoint,
    Step<StopInput, Finetuned> stop) {
  /** The trainings of a worker. */
  public static Trainings of(ToolHome tools, ToolHost host, FindOrMake store) {
    return new Trainings(
        new FinetuneStep(tools, host, store),
        new CheckpointStep(tools, host, store),
        new KeepStep(tools, host, store),
        new StopStep(tools, host, store));
  }
}
