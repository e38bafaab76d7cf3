package dev.recycler.cli.drill;

import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesInput;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.progress.SeriesProgress;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run's series on the server, as far as the server answers. */
final class SeriesWatch {
  private static final int MOST_TRIES = 60;
  private static final int MOST_FAILED = 3;
  private static final int LOOKS = 5;

  private final TemporalConnection connection;
  private final String id;

  SeriesWatch(TemporalConnection connection, String series) {
    this.connection = connection;
    this.id = SeriesWorkflow.id(series);
  }

  /** Starts it, once; the server may just be what the drill has taken away. */
  void start(SeriesInput input) throws InterruptedException {
    SeriesWorkflow workflow =
        connection
            .client()
            .newWorkflowStub(
                SeriesWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setTaskQueue(SeriesWorkflow.TASK_QUEUE)
                    .setWorkflowId(id)
                    .build());
    for (int i = 1; true; i++) {
      try {
        WorkflowClient.start(workflow::run, input);
        return;
      } catch (WorkflowExecutionAlreadyStarted e) {
        // The server took the request and its answer was lost.
        return;
      } catch (WorkflowServiceException e) {
        if (i == MOST_TRIES) {
          throw e;
        }
        Thread.sleep(1000);
      }
    }
  }

  /** Whether its newest run has ended, and how; nothing where it runs or the server is silent. */
  Optional<WorkflowExecutionStatus> ended() {
    return newest()
        .map(WorkflowExecutionInfo::getStatus)
        .filter(status -> status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
  }

  /** What the server knows of its newest run; nothing where it is silent. */
  Optional<WorkflowExecutionInfo> newest() {
    try {
      return Optional.of(
          connection
              .stubs()
              .blockingStub()
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(namespace())
                      .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id))
                      .build())
              .getWorkflowExecutionInfo());
    } catch (StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  /** Id of its newest run. */
  Optional<String> run() {
    return newest().map(info -> info.getExecution().getRunId());
  }

  /** What it says of itself; nothing where nobody answers. */
  Optional<SeriesProgress> progress() {
    try {
      return Optional.of(connection.client().newWorkflowStub(SeriesWorkflow.class, id).progress());
    } catch (WorkflowException | StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * What a series says of itself.
   *
   * @param took the quickest of some looks: single ones wait for whatever else the machine does
   */
  record Look(SeriesProgress progress, Duration took) {}

  /** Looks some times; nothing where nobody answers. */
  Optional<Look> look() {
    Optional<Look> quickest = Optional.empty();
    for (int i = 0; i < LOOKS; i++) {
      Instant asked = Instant.now();
      Optional<SeriesProgress> progress = progress();
      if (progress.isEmpty()) {
        return quickest;
      }
      Duration took = Duration.between(asked, Instant.now());
      if (quickest.filter(best -> best.took().compareTo(took) <= 0).isEmpty()) {
        quickest = Optional.of(new Look(progress.get(), took));
      }
    }
    return quickest;
  }

  /** Whether it says that it has a release of this name. */
  boolean has(String release) {
    return progress().stream()
        .flatMap(progress -> progress.spec().releases().stream())
        .anyMatch(one -> one.name().equals(release));
  }

  /**
   * Workflow tasks that failed because the workflow's code and its history did not go together, or
   * again and again. One that failed once was done again from the history: a worker that stood
   * still, or a server that died, brings that about.
   */
  List<String> brokenTasks() {
    Map<String, Integer> failures = new LinkedHashMap<>();
    List<String> broken = new ArrayList<>();
    for (HistoryEvent event : connection.client().fetchHistory(id).getEvents()) {
      if (event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED) {
        var failed = event.getWorkflowTaskFailedEventAttributes();
        String said = failed.getCause() + ": " + failed.getFailure().getMessage();
        boolean unfit =
            failed.getCause()
                == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR;
        boolean usual =
            failed.getCause()
                == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;
        int times = usual ? 0 : failures.merge(failed.getCause().name(), 1, Integer::sum);
        if (unfit || times > MOST_FAILED) {
          broken.add(said);
        }
      }
    }
    return broken;
  }

  /** Ends it at once, where it runs. */
  void terminate() {
    try {
      connection.client().newUntypedWorkflowStub(id).terminate("the drill is over");
    } catch (WorkflowException | StatusRuntimeException e) {
      // It has ended, or there is no server.
    }
  }

  private String namespace() {
    return connection.client().getOptions().getNamespace();
  }
}
