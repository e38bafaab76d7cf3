package dev.recycler.workflows.progress;

/** A series as a whole. */
public enum SeriesState {
  RUNNING,
  /** Nothing runs, at least one step failed for good, the series waits for {@code resume}. */
  FAILED,
  FINISHED,
  /** All is done that there is; new releases are watched for, until {@code finish}. */
  WATCHING,
  CANCELLED
}
