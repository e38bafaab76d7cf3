package dev.recycler.activities.step;

/** A step must end before its work is done. */
public final class StepInterrupted extends RuntimeException {
  /** Why. */
  public enum Reason {
    /** A person cancelled the step: its processes are ended. */
    CANCELLED,
    /** The worker stops: long processes may go on and are found again. */
    WORKER_STOPPING,
    /** The server could not be reached for too long: long processes go on and are found again. */
    UNHEARD,
    /** The server gave the step to another attempt: nothing of it is ours any more. */
    SUPERSEDED
  }

  private final Reason reason;

  public StepInterrupted(Reason reason, Throwable cause) {
    super(reason.toString(), cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
