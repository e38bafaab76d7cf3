package dev.recycler.activities;

import dev.recycler.workflows.activity.StepContext;
import io.temporal.activity.ActivityInfo;
import java.time.Duration;
import org.slf4j.MDC;

/** Names the step in every line that its thread logs, until this is closed. */
final class StepLog implements AutoCloseable {
  private static final String[] KEYS = {"series", "release", "step", "attempt"};

  private StepLog() {}

  static StepLog of(StepContext context, ActivityInfo info) {
    MDC.put("series", context.series());
    MDC.put("step", context.step());
    int dot = context.step().indexOf('.');
    if (dot > 0) {
      MDC.put("release", context.step().substring(0, dot));
    }
    MDC.put("attempt", Integer.toString(info.getAttempt()));
    return new StepLog();
  }

  /** How long the attempt has waited for a worker, by the clocks of server and worker. */
  static Duration sinceItsTurn(ActivityInfo info) {
    return Duration.ofMillis(
        System.currentTimeMillis() - info.getCurrentAttemptScheduledTimestamp());
  }

  @Override
  public void close() {
    for (String key : KEYS) {
      MDC.remove(key);
    }
  }
}
