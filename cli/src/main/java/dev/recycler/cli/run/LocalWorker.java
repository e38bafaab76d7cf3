package dev.recycler.cli.run;

import com.sun.management.OperatingSystemMXBean;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.console.Places;
import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.worker.WorkerConfig;
import dev.recycler.worker.WorkerSettings;
import dev.recycler.workflows.SeriesWorkflow;
import java.lang.management.ManagementFactory;

/** A worker in this process. */
public final class LocalWorker {
  private static final int MOST_SLOTS = 4;
  private static final long BYTES_A_SLOT = 3L << 30;
  private static final String CUSTOM_CODE = "RECYCLER_ALLOW_CUSTOM_CODE";

  private LocalWorker() {}

  /**
   * Starts it.
   *
   * @param places where the record of used devices lies
   */
  public static RecyclerWorker start(
      TemporalConnection connection, Places places, ToolHome tools, WorkerSettings settings) {
    return RecyclerWorker.start(
        connection.client(),
        new WorkerConfig(
            SeriesWorkflow.TASK_QUEUE,
            tools,
            settings.slots().orElseGet(LocalWorker::room),
            places.devices(),
            allowed(settings, places)));
  }

  /**
   * What a worker of one's own does, which ends with this command.
   *
   * @param slots trainings and evaluations at once, or 0 for what this machine has room for
   */
  public static WorkerSettings own(int slots) {
    WorkerSettings own = WorkerSettings.ofOwner().withDrain(WorkerSettings.Drain.END);
    return slots > 0 ? own.withSlots(slots) : own;
  }

  private static WorkerSettings allowed(WorkerSettings settings, Places places) {
    return places.variable(CUSTOM_CODE).filter("true"::equalsIgnoreCase).isPresent()
        ? settings.withPolicy(settings.policy().withCustomCode())
        : settings;
  }

  private static int room() {
    int cores = Runtime.getRuntime().availableProcessors();
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return Math.clamp(Math.min(cores, memory / BYTES_A_SLOT), 1, MOST_SLOTS);
  }
}
