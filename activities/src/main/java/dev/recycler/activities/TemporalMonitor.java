package dev.recycler.activities;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ThisHost;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityWorkerShutdownException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.function.Consumer;

/**
 * Heartbeats to Temporal. They carry, beside the step's own words, how often this execution has
 * failed: retries after a lost worker are not failures of the step, so Temporal's own count of
 * attempts cannot bound them.
 */
final class TemporalMonitor implements StepMonitor {
  private final ActivityExecutionContext context;
  private final Consumer<Heartbeat> witness;
  private int failures;
  private Heartbeat last;

  TemporalMonitor(ActivityExecutionContext context) {
    this(context, _ -> {});
  }

  /**
   * @param witness hears what the step tells, too
   */
  TemporalMonitor(ActivityExecutionContext context, Consumer<Heartbeat> witness) {
    this.context = context;
    this.witness = witness;
    this.failures =
        context.getLastHeartbeatDetails(FailureCount.class).map(FailureCount::failures).orElse(0);
  }

  @Override
  public synchronized void report(Heartbeat heartbeat) {
    last = heartbeat;
    witness.accept(heartbeat);
    try {
      context.heartbeat(new Details(heartbeat, failures));
    } catch (ActivityCompletionException e) {
      throw new StepInterrupted(reason(e), e);
    }
  }

  private static StepInterrupted.Reason reason(ActivityCompletionException e) {
    return switch (e) {
      // The SDK itself says so where the server could not be told for too long. Nobody cancelled
      // anything: what runs is left for the next attempt to find.
      case ActivityCanceledException _ when isUnheard(e) -> StepInterrupted.Reason.UNHEARD;
      case ActivityCanceledException _ -> StepInterrupted.Reason.CANCELLED;
      case ActivityWorkerShutdownException _ -> StepInterrupted.Reason.WORKER_STOPPING;
      default -> StepInterrupted.Reason.SUPERSEDED;
    };
  }

  private static boolean isUnheard(Throwable e) {
    return e.getCause() instanceof TimeoutFailure;
  }

  /** What an interrupted activity ends with, so that the server learns why. */
  RuntimeException completion(StepInterrupted interrupted) {
    return interrupted.reason() == StepInterrupted.Reason.UNHEARD
        ? ApplicationFailure.newFailure(
            "the Temporal server could not be told of the step for too long",
            FailureKind.MACHINE.name())
        : (ActivityCompletionException) interrupted.getCause();
  }

  /** Counts one failure of this execution, in a last heartbeat. */
  synchronized int countFailure() {
    failures++;
    try {
      context.heartbeat(new Details(last, failures));
    } catch (ActivityCompletionException e) {
      // The server has already decided about this attempt; there is nobody left to tell.
      return failures;
    }
    return failures;
  }

  @Override
  public String execution() {
    ActivityInfo info = context.getInfo();
    return info.getWorkflowRunId() + "/" + info.getActivityId();
  }

  @Override
  public String host() {
    return ThisHost.name();
  }

  private record Details(@JsonUnwrapped Heartbeat heartbeat, int failures) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record FailureCount(int failures) {}
}
