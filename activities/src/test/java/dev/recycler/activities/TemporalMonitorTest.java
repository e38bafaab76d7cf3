package dev.recycler.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.StepInterrupted.Reason;
import dev.recycler.workflows.activity.Heartbeat;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.client.ActivityCanceledException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemporalMonitorTest {
  private static final ActivityInfo INFO =
      fake(ActivityInfo.class, new IllegalStateException("not asked"));

  @Test
  void aServerThatDoesNotAnswerHasNotCancelledAnything() {
    StepInterrupted interrupted =
        interruptedBy(
            new ActivityCanceledException(
                INFO, new TimeoutFailure(null, null, TimeoutType.TIMEOUT_TYPE_HEARTBEAT)));
    assertThat(interrupted.reason()).isEqualTo(Reason.UNHEARD);
    assertThat(completion(interrupted)).isInstanceOf(ApplicationFailure.class);
  }

  @Test
  void aPersonsCancellationIsOne() {
    ActivityCanceledException cancelled = new ActivityCanceledException(INFO);
    StepInterrupted interrupted = interruptedBy(cancelled);
    assertThat(interrupted.reason()).isEqualTo(Reason.CANCELLED);
    assertThat(completion(interrupted)).isSameAs(cancelled);
  }

  private static StepInterrupted interruptedBy(RuntimeException told) {
    TemporalMonitor monitor = new TemporalMonitor(fake(ActivityExecutionContext.class, told));
    return catchThrowableOfType(
        StepInterrupted.class,
        () ->
            monitor.report(
                new Heartbeat("s", "p", 0, 0, "u", null, null, null, null, 1, "host", null, null)));
  }

  private static RuntimeException completion(StepInterrupted interrupted) {
    return new TemporalMonitor(fake(ActivityExecutionContext.class, interrupted))
        .completion(interrupted);
  }

  /** Throws where a heartbeat is sent, and knows nothing else. */
  private static <T> T fake(Class<T> type, RuntimeException onHeartbeat) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> {
              if (method.getName().equals("heartbeat")) {
                throw onHeartbeat;
              }
              return method.getReturnType() == Optional.class
                  ? Optional.empty()
                  : defaultOf(method);
            }));
  }

  private static Object defaultOf(Method method) {
    Class<?> type = method.getReturnType();
    if (type == String.class) {
      return "";
    } else if (type == int.class) {
      return 1;
    }
    return type == boolean.class ? Boolean.FALSE : null;
  }
}
