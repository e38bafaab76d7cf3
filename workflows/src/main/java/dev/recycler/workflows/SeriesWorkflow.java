package dev.recycler.workflows;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
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

  /** The name of the query for {@link #progress}. */
  String PROGRESS = "progress";

  /** The name of the query for {@link #mustWait}. */
  String MUST_WAIT = "mustWait";

  /** The workflow id of a series. */
  static String id(String series) {
    return "series-" + series;
  }

  /** Runs the series to its end, through failures that a person resolves. */
  @WorkflowMethod
  SeriesProgress run(SeriesInput input);

  /** The series as it is now. */
  @QueryMethod(name = PROGRESS)
  SeriesProgress progress();

  /**
   * Whether a step that was given to the workers, and that none has begun yet, must not begin any
   * more: since the series was paused meanwhile, say. Such a step fails with {@link
   * dev.recycler.workflows.activity.Steps#NOT_BEGUN}, and has its turn again when the series goes
   * on.
   */
  @QueryMethod(name = MUST_WAIT)
  boolean mustWait(String step);

  /**
   * Goes on after {@link #pause}, and tries every failed step again.
   *
   * @return how many steps are tried again
   */
  @UpdateMethod
  int resume();

  /** Refuses {@link #resume()} where no step has failed and nothing is paused. */
  @UpdateValidatorMethod(updateName = "resume")
  void validateResume();

  /** Lets what runs end and starts nothing more, until {@link #resume}. */
  @UpdateMethod
  void pause();

  /** Refuses {@link #pause()} where the series is paused already. */
  @UpdateValidatorMethod(updateName = "pause")
  void validatePause();

  /** Tries one failed step again, or takes back that it was skipped. */
  @UpdateMethod
  void retry(String step);

  /** Refuses {@link #retry} of other steps. */
  @UpdateValidatorMethod(updateName = "retry")
  void validateRetry(String step);

  /**
   * Gives up a step that is not over, and every step that needs it: they count as cancelled, and
   * the series can finish without them. A step that runs is ended.
   *
   * @return how many steps are skipped
   */
  @UpdateMethod
  int skip(String step);

  /** Refuses {@link #skip} of a step that is over or unknown. */
  @UpdateValidatorMethod(updateName = "skip")
  void validateSkip(String step);

  /** Opens a gate that waits for a person: the fine-tuning behind it may begin. */
  @UpdateMethod
  void approve(String step);

  /** Refuses {@link #approve} of a step that does not wait for a person. */
  @UpdateValidatorMethod(updateName = "approve")
  void validateApprove(String step);

  /**
   * Takes up a corrected file. What runs and is not affected is finished first; what runs and is
   * affected is ended; then everything that is not as it was is looked for in the store, and done
   * where it is not there.
   *
   * @return how many steps that are over or run lose their results
   */
  @UpdateMethod
  int update(SeriesSpec corrected);

  /** Refuses a file of another series or store, and one that changes nothing. */
  @UpdateValidatorMethod(updateName = "update")
  void validateUpdate(SeriesSpec corrected);

  /** Adds the newest release, to which the strategies are carried on at once. */
  @UpdateMethod
  void addRelease(Release release);

  /** Ends the watch for new releases: the series finishes when what it has is done. */
  @UpdateMethod
  void finish();

  /** Refuses {@link #finish()} where nothing is watched. */
  @UpdateValidatorMethod(updateName = "finish")
  void validateFinish();

  /** Refuses a release whose name or model the series has already, or whose name is none. */
  @UpdateValidatorMethod(updateName = "addRelease")
  void validateAddRelease(Release release);
}
