package dev.recycler.activities.step;

import dev.recycler.workflows.activity.FailureKind;
import java.nio.file.Path;

/**
 * A step failed; the message is one sentence for a person: what, where, what would be right.
 *
 * <p>The user's mistake is never tried again by itself; the machine's and the tool's failures are,
 * a bounded number of times, unless {@link #lastWord} says that another try is of no use. What is
 * to be made again first is told by {@link #input}.
 */
public final class StepFailed extends RuntimeException {
  private final FailureKind kind;
  private final boolean lastWord;
  private final Path input;

  public StepFailed(FailureKind kind, String message) {
    this(kind, message, null);
  }

  public StepFailed(FailureKind kind, String message, Throwable cause) {
    this(kind, message, cause, kind == FailureKind.USER, null);
  }

  private StepFailed(
      FailureKind kind, String message, Throwable cause, boolean lastWord, Path input) {
    super(message, cause);
    this.kind = kind;
    this.lastWord = lastWord;
    this.input = input;
  }

  /** The same failure, not to be tried again until a person resumes the step. */
  public StepFailed asLastWord() {
    return new StepFailed(kind, getMessage(), getCause(), true, input);
  }

  /**
   * What the step was to be made from is damaged or gone.
   *
   * @param input folder of the artifact that has to be made again
   */
  public static StepFailed forInput(Path input, String message) {
    return new StepFailed(FailureKind.INPUT, message, null, true, input);
  }

  /** The artifact that has to be made again first; null where there is none. */
  public Path input() {
    return input;
  }

  public boolean lastWord() {
    return lastWord;
  }

  public FailureKind kind() {
    return kind;
  }
}
