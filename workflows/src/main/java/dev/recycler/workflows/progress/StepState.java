package dev.recycler.workflows.progress;

/** One step of a series. */
public enum StepState {
  /** Waits for other steps. */
  WAITING,
  /** Given to a worker. */
  RUNNING,
  DONE,
  FAILED,
  CANCELLED
}
