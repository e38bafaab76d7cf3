package dev.recycler.workflows;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.StepKind;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.Priority;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** How each kind of step is given to workers. */
final class StepOptions {
  /**
   * A worker that is silent for this long is taken for lost. Steps heartbeat every few seconds, so
   * a busy host has room to stall, and a killed worker's step is soon with another.
   */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /**
   * Steps bound their own failures, kind by kind, and say when one is final. What is left are lost
   * workers, of which a fine-tuning of weeks may see many; this is where a step that takes every
   * worker down with it comes to a person's notice.
   */
  private static final int MOST_ATTEMPTS = 60;

  /**
   * How long work aside waits for a worker before the step goes to the queue of its kind. Those who
   * poll take it at once; where workers are started by what waits for them, nobody polls.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private StepOptions() {}

  /**
   * How many steps of a kind may be with workers, or queued for them, at once. Enough for a
   * cluster; few enough that steps which a later release waits for are not queued behind hundreds
   * of others.
   */
  static int atOnce(StepKind kind) {
    return switch (kind) {
      case PREPARE -> 1;
      case FETCH, MERGE, FINETUNE -> 16;
      case PUBLISH -> 4;
      case EVALUATE -> 32;
      case DECIDE -> Integer.MAX_VALUE;
    };
  }

  /**
   * The options of one step's activity. A step may wait for a free worker without limit.
   *
   * @param queue the task queue, or null for that of the series
   * @param silence seconds after which a silent worker is taken for lost, or 0 for the usual time
   */
  static ActivityOptions of(StepKind kind, String step, String queue, int silence) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queue)
        .setSummary(step)
        .setHeartbeatTimeout(silence == 0 ? SILENCE : Duration.ofSeconds(silence))
        .setStartToCloseTimeout(longest(kind))
        .setRetryOptions(
            RetryOptions.newBuilder()
                .setInitialInterval(Duration.ofSeconds(2))
                .setBackoffCoefficient(2)
                // A worker that was restarted in its place must not find its step asleep for
                // long.
                .setMaximumInterval(Duration.ofMinutes(1))
                .setMaximumAttempts(MOST_ATTEMPTS)
                .setDoNotRetry(FailureKind.USER.name())
                .build())
        // A cancelled series ends once its processes have.
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setPriority(Priority.newBuilder().setPriorityKey(priority(kind)).build())
        .build();
  }

  /** A step that uses no device: the same, given up where nobody begins it soon. */
  static ActivityOptions aside(StepKind kind, String step, String queue, int silence) {
    return of(kind, step, queue, silence).toBuilder().setScheduleToStartTimeout(PATIENCE).build();
  }

  /** A look into the store: tried once, for the step looks there again. */
  static ActivityOptions lookUp(StepKind kind, String step, String queue, int silence) {
    return aside(kind, step, queue, silence).toBuilder()
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  /** Looking at a training: asked again as long as it has not begun. */
  static ActivityOptions watching(String step, String queue, int silence) {
    ActivityOptions options = of(StepKind.FINETUNE, step, queue, silence);
    return options.toBuilder()
        .setRetryOptions(options.getRetryOptions().toBuilder().setMaximumAttempts(0).build())
        .build();
  }

  private static Duration longest(StepKind kind) {
    return switch (kind) {
      case PREPARE -> Duration.ofHours(6);
      case FETCH, MERGE, PUBLISH -> Duration.ofDays(3);
      case FINETUNE -> Duration.ofDays(60);
      case EVALUATE, DECIDE -> Duration.ofDays(14);
    };
  }

  /** On a worker with one slot, what the next release waits for goes before scores. */
  private static int priority(StepKind kind) {
    return switch (kind) {
      case PREPARE, FETCH, MERGE -> 1;
      case FINETUNE -> 2;
      case EVALUATE, DECIDE, PUBLISH -> 4;
    };
  }
}
