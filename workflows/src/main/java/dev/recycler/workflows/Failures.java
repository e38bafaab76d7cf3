package dev.recycler.workflows;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Steps;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.Arrays;
import java.util.Optional;

/** What a failed activity means to a person. */
final class Failures {
  private Failures() {}

  static boolean isCancellation(RuntimeException failure) {
    return cause(failure) instanceof CanceledFailure;
  }

  /** Whether a step did not begin, for nothing may begin now. */
  static boolean isNotBegun(RuntimeException failure) {
    return failure instanceof NotBegun
        || (cause(failure) instanceof ApplicationFailure told
            && Steps.NOT_BEGUN.equals(told.getType()));
  }

  /** The folder that has to be made again before the step can be tried again. */
  static Optional<String> missingInput(RuntimeException failure) {
    return cause(failure) instanceof ApplicationFailure told
            && FailureKind.INPUT.name().equals(told.getType())
        ? Optional.of(told.getDetails().get(String.class))
        : Optional.empty();
  }

  static EndedStep.Failure describe(RuntimeException failure) {
    return switch (cause(failure)) {
      case ApplicationFailure told when isKind(told.getType()) ->
          new EndedStep.Failure(told.getOriginalMessage(), told.getType());
      case ApplicationFailure unexpected ->
          new EndedStep.Failure(
              "the worker broke with %s: %s"
                  .formatted(unexpected.getType(), unexpected.getOriginalMessage()),
              null);
      case TimeoutFailure timeout
          when timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_HEARTBEAT ->
          new EndedStep.Failure(
              "its workers went silent, again and again; look whether this step ends them,"
                  + " for want of memory for instance",
              FailureKind.MACHINE.name());
      case TimeoutFailure timeout ->
          new EndedStep.Failure(
              "it took longer than the time limit (%s)".formatted(timeout.getTimeoutType()),
              FailureKind.TOOL.name());
      case Throwable other -> new EndedStep.Failure(String.valueOf(other.getMessage()), null);
    };
  }

  private static Throwable cause(RuntimeException failure) {
    return failure instanceof ActivityFailure && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static boolean isKind(String type) {
    return Arrays.stream(FailureKind.values()).anyMatch(kind -> kind.name().equals(type));
  }
}
