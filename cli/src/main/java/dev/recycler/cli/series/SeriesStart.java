package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.workflows.SeriesInput;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.Visibility;
import dev.recycler.workflows.plan.Correction;
import dev.recycler.workflows.progress.Standing;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import io.grpc.Status;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.common.SearchAttributes;
import java.util.List;

/** Starts a series, unless it runs or another of its name does. */
final class SeriesStart {
  private final SeriesClient series;
  private final WorkflowClient client;
  private final ServerRefusals refusals;

  SeriesStart(SeriesClient series, WorkflowClient client, ServerRefusals refusals) {
    this.series = series;
    this.client = client;
    this.refusals = refusals;
  }

  /**
   * Starts a series, or finds it running.
   *
   * @return whether it was started now
   * @throws CommandFailed where a series of this name runs that was started from another file, or
   *     one that is being cancelled
   */
  boolean start(SeriesSpec spec) {
    try {
      startFindably(spec);
      return true;
    } catch (WorkflowServiceException e) {
      if (ServerRefusals.code(e) == Status.Code.PERMISSION_DENIED) {
        throw refusals.denied(e);
      }
      throw e;
    } catch (WorkflowExecutionAlreadyStarted e) {
      if (series.isBeingCancelled(spec.series())) {
        throw new CommandFailed(
            ExitCode.FAILED,
            "series %s is still being cancelled; start it when what runs of it has ended ('recycler status %s%s' tells)."
                .formatted(spec.series(), spec.series(), series.typed()),
            e);
      }
      SeriesSpec known = series.running(spec.series());
      SeriesSpec file = Correction.withFound(known, spec);
      SeriesSpec running = withoutAdded(known, file);
      List<String> differences = SpecDifference.between(running, file);
      if (differences.isEmpty()) {
        return false;
      }
      refuseMerelyNewReleases(running, spec, e);
      throw new CommandFailed(
          ExitCode.USAGE,
          String.format(
              "series %s already runs and was started from another file: %s. 'recycler update %s FILE'"
                  + " lets it take up this one; or give this one another name.",
              spec.series(), String.join("; ", differences), spec.series()),
          e);
    }
  }

  /** With its search attribute where the server has it, without it elsewhere. */
  private void startFindably(SeriesSpec spec) {
    try {
      start(
          spec,
          SearchAttributes.newBuilder().set(Visibility.STATE, Standing.RUNNING.key()).build());
    } catch (WorkflowServiceException e) {
      if (ServerRefusals.code(e) != Status.Code.INVALID_ARGUMENT) {
        throw e;
      }
      start(spec, SearchAttributes.EMPTY);
    }
  }

  private void start(SeriesSpec spec, SearchAttributes attributes) {
    SeriesWorkflow workflow =
        client.newWorkflowStub(
            SeriesWorkflow.class,
            WorkflowOptions.newBuilder()
                .setTaskQueue(SeriesWorkflow.TASK_QUEUE)
                .setWorkflowId(SeriesWorkflow.id(spec.series()))
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .setWorkflowIdConflictPolicy(
                    WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
                .setTypedSearchAttributes(attributes)
                .build());
    WorkflowClient.start(workflow::run, SeriesInput.of(spec));
  }

  /** The running series without the releases that were added to the file's while it ran. */
  private static SeriesSpec withoutAdded(SeriesSpec running, SeriesSpec file) {
    List<Release> common = running.releases().stream().filter(file.releases()::contains).toList();
    return common.equals(file.releases()) ? running.withReleases(common) : running;
  }

  private static void refuseMerelyNewReleases(
      SeriesSpec running, SeriesSpec spec, WorkflowExecutionAlreadyStarted cause) {
    int known = running.releases().size();
    if (spec.releases().size() > known
        && spec.withReleases(spec.releases().subList(0, known)).equals(running)) {
      Release added = spec.releases().get(known);
      throw new CommandFailed(
          ExitCode.USAGE,
          String.format(
              "series %s already runs, without release %s: add it with"
                  + " 'recycler add-release %s %s %s'.",
              spec.series(), added.name(), spec.series(), added.name(), added.model()),
          cause);
    }
  }
}
