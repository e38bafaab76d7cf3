package dev.recycler.activities.merge;

/**
 * Is told how far a merge is, and may end it. Called by the thread that runs the merge, about ten
 * times a second.
 */
@FunctionalInterface
public interface ProgressListener {
  /** Listens to nothing. */
  ProgressListener NONE = progress -> {};

  void progress(MergeProgress progress);

  /** Whether the merge is to stop; it then ends with a {@code CancellationException}. */
  default boolean cancelled() {
    return false;
  }
}
