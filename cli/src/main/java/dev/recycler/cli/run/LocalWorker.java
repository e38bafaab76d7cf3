package dev.recycler.cli.run;

import com.sun.management.OperatingSystemMXBean;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.console.Places;
import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.worker.WorkerConfig;
import dev.recycler.workflows.SeriesWorkflow;
import java.lang.management.ManagementFactory;

/** A worker in this process. */
public final class LocalWorker {
  private static final int MOST_SLOTS = 4;
  private static final long BYTES_A_SLOT = 3L << 30;

  private LocalWorker() {}

  /**
   * Starts it.
   *
   * @param places where the record of used devices lies
   * @param slots trainings and evaluations at once, or 0 for what this machine has room for
   * @param endToolsOnStop whether they end with the worker
   */
  public static RecyclerWorker start(
      TemporalConnection connection,
      Places places,
      ToolHome tools,
      int slots,
      boolean endToolsOnStop) {
    return RecyclerWorker.start(
        connection.client(),
        new WorkerConfig(
            SeriesWorkflow.TASK_QUEUE,
            tools,
            slots > 0 ? slots : room(),
            places.devices(),
            endToolsOnStop));
  }

  private static int room() {
    int cores = Runtime.getRuntime().availableProcessors();
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return Math.clamp(Math.min(cores, memory / BYTES_A_SLOT), 1, MOST_SLOTS);
  }
}
