package dev.recycler.workflows;

import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Work that needs the machines of a step and none of their devices, and so is done beside the steps
 * that wait for those. It is never what a step fails of: where it comes to nothing, the step is
 * done as ever.
 */
final class Aside {
  private Aside() {}

  /** What a look into the store finds; nothing, too, where it fails or nobody looks. */
  static <T> Optional<T> find(Supplier<T> lookUp) {
    try {
      return Optional.ofNullable(lookUp.get());
    } catch (ActivityFailure e) {
      if (Failures.isCancellation(e)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Work that is done aside, or in the line of its kind where nobody begins it. */
  static <T> T orInLine(Supplier<T> aside, Supplier<T> inLine) {
    try {
      return aside.get();
    } catch (ActivityFailure e) {
      if (nobodyCame(e)) {
        return inLine.get();
      }
      throw e;
    }
  }

  private static boolean nobodyCame(ActivityFailure e) {
    return e.getCause() instanceof TimeoutFailure timeout
        && timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
  }
}
