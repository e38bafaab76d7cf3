package dev.recycler.cli.series;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowExecutionMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The series that a server knows. */
final class SeriesList {
  private static final String QUERY = "WorkflowType = 'SeriesWorkflow'";
  private static final String PREFIX = SeriesWorkflow.id("");

  private final TemporalConnection connection;

  SeriesList(TemporalConnection connection) {
    this.connection = connection;
  }

  /**
   * One series.
   *
   * @param series its name
   * @param state {@code running}, {@code failed} (waits for {@code resume}), {@code finished},
   *     {@code cancelled}, or {@code ended} where it was ended from outside
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

  /** Names, newest first. */
  List<String> names() {
    return List.copyOf(newest().keySet());
  }

  /** All series, newest first; those that run are asked how far they are. */
  List<Entry> entries() throws InterruptedException {
    SeriesClient client = new SeriesClient(connection);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Entry>> entries =
          newest().values().stream().map(run -> threads.submit(() -> entry(run, client))).toList();
      List<Entry> found = new ArrayList<>();
      for (Future<Entry> entry : entries) {
        found.add(entry.get());
      }
      return found;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private Map<String, WorkflowExecutionMetadata> newest() {
    Map<String, WorkflowExecutionMetadata> runs = new LinkedHashMap<>();
    connection
        .client()
        .listExecutions(QUERY)
        .forEach(
            run -> {
              String id = run.getExecution().getWorkflowId();
              if (id.startsWith(PREFIX)) {
                runs.putIfAbsent(id.substring(PREFIX.length()), run);
              }
            });
    return runs;
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
            progress.state().name().toLowerCase(Locale.ROOT),
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
