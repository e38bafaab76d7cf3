package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.NoSpaceException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * Merges checkpoints. Both ways of running read every input once, hold at most a few hundred MiB at
 * any model size, and end early when the calling thread is interrupted or the listener cancels.
 */
public final class MergeEngine {
  private MergeEngine() {}

  /**
   * Begins to have the JVM compile what a large merge spends its time in, on a thread of its own.
   * For those who know early that they will merge; a large merge does so by itself.
   */
  public static void prepare() {
    WarmUp.begin();
  }

  /**
   * Merges into {@code request.out()}, which appears in one piece or not at all, with a lineage
   * file {@code recycler.json} in each model.
   *
   * @throws BadCheckpointException for a mistake of the user's, before anything is written
   * @throws IOException where the machine fails: {@link NoSpaceException}, {@link
   *     dev.recycler.activities.safetensors.CheckpointIoException}
   * @throws InterruptedException where the calling thread is interrupted
   * @throws java.util.concurrent.CancellationException where the listener cancels
   */
  public static MergeReport run(MergeRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    try (Inputs inputs = Inputs.open(request)) {
      WarmUp.beginFor(request, inputs);
      MergeRun.requireApart(request.out(), inputs);
      StagedFolder.requireFree(request.out().toAbsolutePath().normalize());
      var run = new MergeRun(request, inputs);
      try (StagedFolder staged = StagedFolder.claim(request.out())) {
        run.requireSpace(staged.path());
        MergeReport report = run.write(staged.path(), listener);
        for (MergeReport.Output output : report.outputs()) {
          Lineage.ofMerge(request, run.identities(), report, output);
        }
        staged.publish();
        return published(report, run, request.out());
      }
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    }
  }

  /**
   * Merges into an existing empty folder that the caller publishes; {@code request.out()} is not
   * touched. Files are synced to disk; no lineage file is written. What is in the folder after a
   * failure is of no use.
   */
  public static MergeReport writeInto(MergeRequest request, Path folder, ProgressListener listener)
      throws IOException, InterruptedException {
    try (Inputs inputs = Inputs.open(request)) {
      WarmUp.beginFor(request, inputs);
      MergeRun.requireApart(folder, inputs);
      var run = new MergeRun(request, inputs);
      run.requireSpace(folder);
      return run.write(folder, listener);
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    }
  }

  /**
   * Checks everything that can be checked before anything is written.
   *
   * @throws BadCheckpointException for a mistake of the user's
   */
  public static MergePreview preview(MergeRequest request) throws IOException {
    try (Inputs inputs = Inputs.open(request)) {
      MergeRun.requireApart(request.out(), inputs);
      StagedFolder.requireFree(request.out().toAbsolutePath().normalize());
      return new MergeRun(request, inputs).preview();
    }
  }

  private static MergeReport published(MergeReport report, MergeRun run, Path out) {
    var outputs = new ArrayList<MergeReport.Output>();
    for (int i = 0; i < report.outputs().size(); i++) {
      MergeReport.Output output = report.outputs().get(i);
      outputs.add(new MergeReport.Output(output.scale(), run.folders(out).get(i), output.files()));
    }
    return report.withOutputs(outputs);
  }

  static InterruptedException interrupted(ClosedByInterruptException cause) {
    Thread.interrupted(); // an InterruptedException says it from here on
    var interrupted = new InterruptedException("the merge was interrupted");
    interrupted.initCause(cause);
    return interrupted;
  }
}
