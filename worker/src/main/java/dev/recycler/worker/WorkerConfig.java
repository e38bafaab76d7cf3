package dev.recycler.worker;

import dev.recycler.activities.step.ToolHome;
import java.util.Objects;

/**
 * What a worker is told.
 *
 * @param taskQueue task queue that it serves
 * @param tools where the locked Python environment is
 * @param slots how many trainings and evaluations run at once where there are no GPUs, at least 1
 * @param endToolsOnStop whether trainers and evaluators end when the worker stops; else they go on
 *     and are found again by the next worker
 */
public record WorkerConfig(String taskQueue, ToolHome tools, int slots, boolean endToolsOnStop) {
  public WorkerConfig {
    Objects.requireNonNull(taskQueue, "taskQueue");
    Objects.requireNonNull(tools, "tools");
    if (slots < 1) {
      throw new IllegalArgumentException("slots must be at least 1, not " + slots);
    }
  }
}
