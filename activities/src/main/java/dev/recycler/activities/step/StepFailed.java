package dev.recycler.activities.step;

import dev.recycler.workflows.activity.FailureKind;

/** A step failed; the message is one sentence for a person: what, where, what would be right. */
public final class StepFailed extends RuntimeException {
  private final FailureKind kind;

  public StepFailed(FailureKind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StepFailed(FailureKind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public FailureKind kind() {
    return kind;
  }
}
