package dev.recycler.cli.series;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.status.Standings;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.Visibility;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowExecutionMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The series that a server knows. */
final class SeriesList {
  private static final String PREFIX = SeriesWorkflow.id("");

  private final TemporalConnection connection;

  SeriesList(TemporalConnection connection) {
    this.connection = connection;
  }

  /**
   * One series.
   *
   * @param series its name
   * @param state a {@link dev.recycler.workflows.progress.Standing}'s key, or {@code ended} where
   *     it was ended from outside
   * @param done steps done, or null where no worker answers
   * @param total steps of the plan, or null where no worker answers
   * @param started when its newest run started, ISO-8601
   * @param ended when that ended, ISO-8601, or null
   * @param message one sentence where a person has to act, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      String series,
      String state,
      Integer done,
      Integer total,
      String started,
      String ended,
      String message) {}

  /** The names of all, newest first. */
  List<String> names() {
    return List.copyOf(newest(SeriesFilter.ALL).keySet());
  }

  /** The series that are meant, newest first; those that run are asked how far they are. */
  List<Entry> entries(SeriesFilter filter) throws InterruptedException {
    SeriesClient client = new SeriesClient(connection);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Entry>> entries =
          newest(filter).values().stream()
              .filter(run -> filter.mayBe(run.getStatus()))
              .map(run -> threads.submit(() -> entry(run, client)))
              .toList();
      List<Entry> found = new ArrayList<>();
      for (Future<Entry> entry : entries) {
        found.add(entry.get());
      }
      return found.stream().filter(entry -> filter.accepts(entry.state())).toList();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private Map<String, WorkflowExecutionMetadata> newest(SeriesFilter filter) {
    Map<String, WorkflowExecutionMetadata> runs = new LinkedHashMap<>();
    try {
      connection
          .client()
          .listExecutions(filter.query())
          .forEach(
              run -> {
                String id = run.getExecution().getWorkflowId();
                if (id.startsWith(PREFIX)) {
                  runs.putIfAbsent(id.substring(PREFIX.length()), run);
                }
              });
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT
          && String.valueOf(e.getMessage()).contains(Visibility.STATE.getName())) {
        throw notFindable(e);
      }
      throw e;
    }
    return runs;
  }

  private CommandFailed notFindable(Exception cause) {
    String attribute = Visibility.STATE.getName();
    return new CommandFailed(
        ExitCode.FAILED,
        "the server at "
            + connection.address()
            + " has no search attribute "
            + attribute
            + ", by which series are told apart. 'temporal operator search-attribute create --name "
            + attribute
            + " --type Keyword' makes it; 'recycler list' without --state needs none.",
        cause);
  }

  private static Entry entry(WorkflowExecutionMetadata run, SeriesClient client) {
    String series = run.getExecution().getWorkflowId().substring(PREFIX.length());
    String started = run.getStartTime().toString();
    Instant close = run.getCloseTime();
    String ended = close == null ? null : close.toString();
    WorkflowExecutionStatus status = run.getStatus();
    try {
      boolean tells =
          status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
              || status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
      if (tells) {
        SeriesProgress progress = client.look(series).progress();
        int done = (int) progress.steps().stream().filter(s -> s.state() == StepState.DONE).count();
        return new Entry(
            series,
            Standings.of(progress).key(),
            done,
            progress.steps().size(),
            started,
            ended,
            progress.message());
      }
    } catch (CommandFailed e) {
      return new Entry(series, "running", null, null, started, ended, e.getMessage());
    }
    String state =
        status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED
            ? "cancelled"
            : "ended";
    return new Entry(series, state, null, null, started, ended, null);
  }
}
