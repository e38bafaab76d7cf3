package dev.recycler.activities;

import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;

/**
 * The beginning of a step that waited for a worker: its series may have been paused meanwhile, and
 * what is queued with the server begins all the same unless the worker asks.
 */
final class LateStart {
  /** What begins at once need not ask: the series has just given it away. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private LateStart() {}

  /**
   * Returns where the step may begin, and where the series can't be asked. An attempt after the
   * first one finishes what has begun.
   *
   * @throws ApplicationFailure of the type {@link Steps#NOT_BEGUN} where nothing may begin now
   */
  static void check(ActivityExecutionContext activity, StepContext context) {
    ActivityInfo info = activity.getInfo();
    if (info.getAttempt() > 1 || StepLog.sinceItsTurn(info).compareTo(AT_ONCE) < 0) {
      return;
    }
    if (mustWait(activity, context.step())) {
      throw ApplicationFailure.newBuilder()
          .setMessage(context.step() + " has not begun: its series is paused")
          .setType(Steps.NOT_BEGUN)
          .setNonRetryable(true)
          .setCategory(ApplicationErrorCategory.BENIGN)
          .build();
    }
  }

  private static boolean mustWait(ActivityExecutionContext activity, String step) {
    try {
      return activity
          .getWorkflowClient()
          .newUntypedWorkflowStub(activity.getInfo().getWorkflowId())
          .query(SeriesWorkflow.MUST_WAIT, Boolean.class, step);
    } catch (RuntimeException e) {
      // Nobody answers, or not in time: the step is the series' own wish, so it begins.
      return false;
    }
  }
}
