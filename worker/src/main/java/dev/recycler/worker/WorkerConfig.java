package dev.recycler.worker;

import dev.recycler.activities.step.ToolHome;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a worker is told.
 *
 * @param taskQueue task queue of the series that it serves; those of their steps follow from it
 * @param tools where the locked Python environment is
 * @param slots how many trainings and evaluations run at once where there are no GPUs, at least 1
 * @param devices folder in which this user's workers on this host record which devices they use, so
 *     that none is used twice
 * @param settings what its owner has decided about it
 */
public record WorkerConfig(
    String taskQueue, ToolHome tools, int slots, Path devices, WorkerSettings settings) {
  public WorkerConfig {
    Objects.requireNonNull(taskQueue, "taskQueue");
    Objects.requireNonNull(tools, "tools");
    Objects.requireNonNull(devices, "devices");
    Objects.requireNonNull(settings, "settings");
    if (slots < 1) {
      throw new IllegalArgumentException("slots must be at least 1, not " + slots);
    }
  }
}
