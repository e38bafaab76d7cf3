package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesInput;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.payload.SeriesPayloads;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateTimeoutOrCancelledException;
import io.temporal.failure.ApplicationFailure;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What the commands ask of Temporal about series. */
public final class SeriesClient {
  private static final int MOST_TRIES = 3;

  private final WorkflowClient client;
  private final TemporalConnection connection;
  private final String typed;
  private final ServerRefusals refusals;

  public SeriesClient(TemporalConnection connection) {
    this(connection, "");
  }

  /**
   * @param typed what of the options that led to this server a person has to type again, with a
   *     blank before, e.g. {@code --home /tmp/a}
   */
  public SeriesClient(TemporalConnection connection, String typed) {
    this.typed = typed;
    this.connection = connection;
    this.client = connection.client();
    this.refusals = new ServerRefusals(connection, typed);
  }

  /**
   * Learns how to read what series answer, ahead of the first answer: by reflection it takes a
   * tenth of a second.
   */
  public static void prepareToRead() {
    SeriesPayloads.prepareToRead(SeriesProgress.class);
    PendingSteps.prepareToRead();
  }

  /** What of the options that led to the server a person has to type again. */
  String typed() {
    return typed;
  }

  /**
   * Starts a series, or finds it running.
   *
   * @return whether it was started now
   * @throws CommandFailed where a series of this name runs that was started from another file, or
   *     one that is being cancelled
   */
  public boolean start(SeriesSpec spec) {
    return new SeriesStart(this, client, refusals).start(spec);
  }

  /** What a series is working on: releases may have been added since it was started. */
  SeriesSpec running(String series) {
    try {
      return client
          .newWorkflowStub(SeriesWorkflow.class, SeriesWorkflow.id(series))
          .progress()
          .spec();
    } catch (WorkflowServiceException e) {
      // No worker answers just now.
      return startedWith(series);
    }
  }

  /**
   * The releases that the last run of a series had, and that a file lacks: added or found while it
   * ran, say. None where there was no such run, or where nobody can tell.
   */
  List<Release> releasesLeftOut(SeriesSpec file) {
    try {
      return described(file.series()).getWorkflowExecutionInfo().getStatus()
              == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED
          ? running(file.series()).releases().stream()
              .filter(known -> !file.releases().contains(known))
              .toList()
          : List.of();
    } catch (StatusRuntimeException | WorkflowServiceException e) {
      return List.of();
    }
  }

  /** What the newest run of a series was started with. */
  public SeriesSpec startedWith(String series) {
    HistoryEvent first =
        connection
            .stubs()
            .blockingStub()
            .getWorkflowExecutionHistory(
                GetWorkflowExecutionHistoryRequest.newBuilder()
                    .setNamespace(namespace())
                    .setExecution(execution(series))
                    .setMaximumPageSize(1)
                    .build())
            .getHistory()
            .getEvents(0);
    return client
        .getOptions()
        .getDataConverter()
        .fromPayloads(
            0,
            Optional.of(first.getWorkflowExecutionStartedEventAttributes().getInput()),
            SeriesInput.class,
            SeriesInput.class)
        .spec();
  }

  /**
   * A series as it is now.
   *
   * @throws CommandFailed where there is no such series, or no worker answers for it
   */
  public Look look(String series) {
    DescribeWorkflowExecutionResponse description = describe(series);
    Map<String, Heartbeat> heartbeats =
        PendingSteps.of(description, client.getOptions().getDataConverter());
    boolean completed =
        description.getWorkflowExecutionInfo().getStatus()
            == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
    SeriesProgress progress = completed ? result(series) : query(series, heartbeats);
    return new Look(progress, heartbeats).asTyped(typed);
  }

  /** Whether a series has been told to end, and has not ended yet. */
  boolean isBeingCancelled(String series) {
    try {
      DescribeWorkflowExecutionResponse description = described(series);
      return description.getWorkflowExtendedInfo().getCancelRequested()
          && description.getWorkflowExecutionInfo().getStatus()
              == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (StatusRuntimeException e) {
      if (ServerRefusals.code(e) == Status.Code.NOT_FOUND) {
        return false;
      }
      throw refusals.of(series, e);
    }
  }

  /** Whether the newest run of a series has ended, in whatever way. */
  public boolean isClosed(String series) {
    return describe(series).getWorkflowExecutionInfo().getStatus()
        != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /**
   * Asks something of a running series.
   *
   * @throws CommandFailed in the series' own words where it refuses
   */
  <T> T ask(String series, Function<SeriesWorkflow, T> request) {
    try {
      return askUntilHeard(series, request);
    } catch (WorkflowUpdateException e) {
      String refusal =
          e.getCause() instanceof ApplicationFailure told
              ? told.getOriginalMessage()
              : "series " + series + " did not take the request: " + e.getMessage();
      throw new CommandFailed(ExitCode.USAGE, refusal.endsWith("?") ? refusal : refusal + ".", e);
    } catch (WorkflowUpdateTimeoutOrCancelledException e) {
      throw new CommandFailed(
          ExitCode.FAILED,
          "no worker answered for series "
              + series
              + " in time; 'recycler worker' starts one, then ask again.",
          e);
    } catch (WorkflowNotFoundException e) {
      throw isClosed(series)
          ? new CommandFailed(
              ExitCode.USAGE,
              "series %s has ended; 'recycler start' with its file takes it up again, and what is finished stays."
                  .formatted(series),
              e)
          : refusals.of(series, e);
    } catch (WorkflowServiceException e) {
      throw refusals.of(series, e);
    }
  }

  /**
   * A request is dropped, unheard, with a workflow task that something else has overtaken: the end
   * of a step just when the series was to end, say.
   */
  private <T> T askUntilHeard(String series, Function<SeriesWorkflow, T> request) {
    for (int tries = 1; ; tries++) {
      try {
        return request.apply(
            client.newWorkflowStub(SeriesWorkflow.class, SeriesWorkflow.id(series)));
      } catch (WorkflowServiceException e) {
        if (ServerRefusals.code(e) != Status.Code.FAILED_PRECONDITION || tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  /**
   * Goes on after a pause, and tries every failed step again.
   *
   * @return how many there are
   */
  public int resume(String series) {
    if (isClosed(series)) {
      throw new CommandFailed(
          ExitCode.USAGE, "series " + series + " has ended: there is nothing to resume.");
    }
    return ask(series, SeriesWorkflow::resume);
  }

  /** Asks a series to end its steps and itself. */
  public void cancel(String series) {
    try {
      WorkflowStub stub = client.newUntypedWorkflowStub(SeriesWorkflow.id(series));
      stub.cancel();
    } catch (WorkflowServiceException e) {
      throw refusals.of(series, e);
    }
  }

  private SeriesProgress result(String series) {
    try {
      return client
          .newUntypedWorkflowStub(SeriesWorkflow.id(series))
          .getResult(SeriesProgress.class);
    } catch (WorkflowFailedException e) {
      throw new CommandFailed(ExitCode.FAILED, "series " + series + " ended without a result.", e);
    }
  }

  private SeriesProgress query(String series, Map<String, Heartbeat> heartbeats) {
    try {
      // By name: a stub of the interface costs a short command the reflection of all its methods.
      return client
          .newUntypedWorkflowStub(SeriesWorkflow.id(series))
          .query(SeriesWorkflow.PROGRESS, SeriesProgress.class);
    } catch (WorkflowServiceException e) {
      Status.Code code = ServerRefusals.code(e);
      if (code == Status.Code.DEADLINE_EXCEEDED
          || code == Status.Code.FAILED_PRECONDITION
          || code == Status.Code.CANCELLED) {
        throw new CommandFailed(ExitCode.FAILED, noWorker(series, heartbeats.values()), e);
      }
      throw refusals.of(series, e);
    }
  }

  private String noWorker(String series, Collection<Heartbeat> heartbeats) {
    StringBuilder text = new StringBuilder();
    text.append("no worker answers for series ").append(series);
    text.append("; 'recycler worker' starts one.");
    for (Heartbeat heartbeat : heartbeats) {
      text.append(
          String.format(
              " Last heard of: %s, %s, %d of %d %s on %s.",
              heartbeat.step(),
              heartbeat.phase(),
              heartbeat.done(),
              heartbeat.total(),
              heartbeat.unit(),
              heartbeat.host()));
    }
    return text.toString();
  }

  private DescribeWorkflowExecutionResponse describe(String series) {
    try {
      return described(series);
    } catch (StatusRuntimeException e) {
      throw refusals.of(series, e);
    }
  }

  /**
   * What the server knows of the newest run of a series.
   *
   * @throws StatusRuntimeException where there is no such series, or no server
   */
  DescribeWorkflowExecutionResponse described(String series) {
    return connection
        .stubs()
        .blockingStub()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(namespace())
                .setExecution(execution(series))
                .build());
  }

  private String namespace() {
    return client.getOptions().getNamespace();
  }

  private static WorkflowExecution execution(String series) {
    return WorkflowExecution.newBuilder().setWorkflowId(SeriesWorkflow.id(series)).build();
  }
}
