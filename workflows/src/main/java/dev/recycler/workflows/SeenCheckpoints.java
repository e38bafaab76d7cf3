package dev.recycler.workflows;

import dev.recycler.workflows.activity.Steps.Checkpoint;
import java.util.List;
import java.util.Objects;

/**
 * The checkpoints that were seen of a training that may be stopped, as one run of the workflow
 * hands them to the next: its trainer may have dropped them since, and they are scored by name.
 *
 * @param training id of the training's step
 * @param checkpoints as they were kept, by their steps
 */
public record SeenCheckpoints(String training, List<Checkpoint> checkpoints) {
  public SeenCheckpoints {
    Objects.requireNonNull(training, "training");
    checkpoints = List.copyOf(checkpoints);
  }
}
