package dev.recycler.activities.step;

import dev.recycler.workflows.activity.FailureKind;

/**
 * A step failed; the message is one sentence for a person: what, where, what would be right.
 *
 * <p>The user's mistake is never tried again by itself; the machine's and the tool's failures are,
 * a bounded number of times, unless {@link #lastWord} says that another try is of no use.
 */
public final class StepFailed extends RuntimeException {
  private final FailureKind kind;
  private final boolean lastWord;

  public StepFailed(FailureKind kind, String message) {
    this(kind, message, null);
  }

  public StepFailed(FailureKind kind, String message, Throwable cause) {
    this(kind, message, cause, kind == FailureKind.USER);
  }

  private StepFailed(FailureKind kind, String message, Throwable cause, boolean lastWord) {
    super(message, cause);
    this.kind = kind;
    this.lastWord = lastWord;
  }

  /** The same failure, not to be tried again until a person resumes the step. */
  public StepFailed asLastWord() {
    return new StepFailed(kind, getMessage(), getCause(), true);
  }

  public boolean lastWord() {
    return lastWord;
  }

  public FailureKind kind() {
    return kind;
  }
}
