package dev.recycler.cli.series;

import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.TaskQueues;
import dev.recycler.workflows.spec.SeriesSpec;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import java.util.List;
import java.util.Optional;

/** Steps that would wait, because no worker does their kind of work, or has the label asked for. */
final class Unserved {
  private Unserved() {}

  /** A sentence where there are such steps. */
  static Optional<String> of(SeriesSpec spec, TemporalConnection connection) {
    List<String> queues =
        TaskQueues.all(SeriesWorkflow.TASK_QUEUE, spec).stream()
            .filter(queue -> isUnserved(queue, connection))
            .map(queue -> queue.substring(SeriesWorkflow.TASK_QUEUE.length() + 1))
            .toList();
    return queues.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "No worker takes steps of the kind %s now; they wait until one does ('recycler worker')."
                .formatted(String.join(", ", queues)));
  }

  private static boolean isUnserved(String queue, TemporalConnection connection) {
    try {
      return connection
              .stubs()
              .blockingStub()
              .describeTaskQueue(
                  DescribeTaskQueueRequest.newBuilder()
                      .setNamespace(connection.client().getOptions().getNamespace())
                      .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                      .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                      .build())
              .getPollersCount()
          == 0;
    } catch (StatusRuntimeException e) {
      // Who may start series need not be allowed to look at queues.
      return false;
    }
  }
}
