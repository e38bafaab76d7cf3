package dev.recycler.activities.merge;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Merges checkpoints. Both ways of running read every input once, hold at most a few hundred MiB at
 * any model size, and end early when the calling thread is interrupted or the listener cancels.
 */
@SuppressWarnings("DoNotCallSuggester") // the bodies are the next commit
public final class MergeEngine {
  private MergeEngine() {}

  /**
   * Merges into {@code request.out()}, which appears in one piece or not at all.
   *
   * @throws dev.recycler.activities.safetensors.BadCheckpointException for a mistake of the user's,
   *     before anything is written
   * @throws IOException where the machine fails: {@link
   *     dev.recycler.activities.safetensors.NoSpaceException}, {@link
   *     dev.recycler.activities.safetensors.CheckpointIoException}
   * @throws InterruptedException where the calling thread is interrupted
   * @throws java.util.concurrent.CancellationException where the listener cancels
   */
  public static MergeReport run(MergeRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException("to come");
  }

  /**
   * Merges into an existing empty folder that the caller publishes; {@code request.out()} is only
   * named in the model card. Files are synced to disk; no lineage file is written. What is in the
   * folder after a failure is of no use.
   */
  public static MergeReport writeInto(MergeRequest request, Path folder, ProgressListener listener)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException("to come");
  }
}
