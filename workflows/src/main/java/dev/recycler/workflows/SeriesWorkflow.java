package dev.recycler.workflows;

import dev.recycler.workflows.progress.SeriesProgress;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** One release series: Algorithm 1 and its baselines, as a durable process. */
@WorkflowInterface
public interface SeriesWorkflow {
  /** The task queue of series workflows and of the steps that any worker can do. */
  String TASK_QUEUE = "recycler";

  /** The workflow id of a series. */
  static String id(String series) {
    return "series-" + series;
  }

  /** Runs the series to its end, through failures that a person resolves. */
  @WorkflowMethod
  SeriesProgress run(SeriesInput input);

  /** The series as it is now. */
  @QueryMethod
  SeriesProgress progress();

  /**
   * Tries every failed step again.
   *
   * @return how many steps are tried again
   */
  @UpdateMethod
  int resume();

  /** Refuses {@link #resume()} where no step has failed. */
  @UpdateValidatorMethod(updateName = "resume")
  void validateResume();
}
