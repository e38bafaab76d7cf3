package dev.recycler.workflows.progress;

import java.util.Locale;

/** What a series is about, in a word by which many of them are told apart. */
public enum Standing {
  /** Works, or waits for workers. */
  RUNNING,
  /** Works on what it can, and waits for a person's approval. */
  WAITING,
  /** Paused by a person. */
  PAUSED,
  /** Nothing runs, at least one step failed for good. */
  FAILED,
  /** All is done that there is; new releases are watched for. */
  WATCHING,
  FINISHED,
  CANCELLED;

  /** The word, in small letters. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the series is not over: it works or waits for somebody. */
  public boolean open() {
    return this != FINISHED && this != CANCELLED;
  }

  /**
   * What a series is about.
   *
   * @param paused whether a person has paused it
   * @param waits whether a step waits for a person's approval
   */
  public static Standing of(SeriesState state, boolean paused, boolean waits) {
    return switch (state) {
      case FINISHED -> FINISHED;
      case CANCELLED -> CANCELLED;
      case WATCHING -> paused ? PAUSED : WATCHING;
      case FAILED -> paused ? PAUSED : FAILED;
      case RUNNING -> paused ? PAUSED : waits ? WAITING : RUNNING;
    };
  }
}
