package dev.recycler.cli.drill;

import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.console.LogFiles;
import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.worker.WorkerConfig;
import dev.recycler.worker.WorkerSettings;
import dev.recycler.workflows.SeriesWorkflow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * A worker as {@code recycler worker} runs it: {@code ADDRESS SLOTS DEVICES LOG PYTHON SCRIPTS}.
 * SIGTERM ends it in order.
 */
final class DrillWorker {
  private DrillWorker() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    LogFiles.open(Path.of(arguments[3]));
    LiveHeap.watch();
    TemporalConnection connection = connect(arguments[0]);
    RecyclerWorker worker =
        RecyclerWorker.start(
            connection.client(),
            new WorkerConfig(
                SeriesWorkflow.TASK_QUEUE,
                new ToolHome(Path.of(arguments[4]), Path.of(arguments[5])),
                Integer.parseInt(arguments[1]),
                Path.of(arguments[2]),
                // A store may have a small disk of its own.
                WorkerSettings.ofOwner()
                    .withKeepFree(0)
                    .withDrain(WorkerSettings.Drain.HAND_OVER)));
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      worker.close();
                      connection.close();
                    }));
    new CountDownLatch(1).await();
  }

  /** The server may be just what the drill has taken away. */
  private static TemporalConnection connect(String address)
      throws IOException, InterruptedException {
    while (true) {
      try {
        return TemporalConnection.openLocal(address, System.getenv());
      } catch (TemporalConnection.NotReachable e) {
        Thread.sleep(500);
      }
    }
  }
}
