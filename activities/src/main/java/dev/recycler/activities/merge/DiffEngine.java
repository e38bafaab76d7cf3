package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Works on the difference of two models itself: writes it, or measures it. */
public final class DiffEngine {
  private DiffEngine() {}

  /**
   * A difference that was written.
   *
   * @param folder where it lies
   * @param files its files
   * @param values how many numbers it has
   * @param inexact how many of them the written type does not hold exactly, by tensor; where this
   *     is empty, adding the difference equals the merge bit for bit
   * @param notes what the user should know
   */
  public record Extracted(
      Path folder,
      List<MergeReport.OutputFile> files,
      long values,
      Map<String, Long> inexact,
      List<String> notes) {
    public Extracted {
      files = List.copyOf(files);
      inexact = Map.copyOf(inexact);
      notes = List.copyOf(notes);
    }
  }

  /**
   * Writes {@code finetuned − base} as a checkpoint of its own, with the fine-tuned model's config
   * and tokenizer, so that {@link MergeEngine} takes it in place of a fine-tuned model and a base.
   *
   * @param request base, finetuned and out are used, the target is not; its dtype is F32 or F64,
   *     F32 where absent
   * @throws BadCheckpointException for a mistake of the user's, before anything is written
   */
  public static Extracted extract(MergeRequest request, ProgressListener listener)
      throws IOException, InterruptedException {
    Dtype dtype = request.form().dtype().orElse(Dtype.F32);
    if (dtype != Dtype.F32 && dtype != Dtype.F64) {
      throw new BadCheckpointException(
          "a difference is written as float32 or float64, not as %s".formatted(dtype.torchName()));
    }
    Path basePath =
        request
            .base()
            .orElseThrow(() -> new BadCheckpointException("no base is given to take away"));
    try (ModelFolder base = ModelFolder.open(basePath);
        ModelFolder finetuned = ModelFolder.open(request.finetuned())) {
      for (ModelFolder folder : List.of(base, finetuned)) {
        ModelConfig.requireUnquantized(folder);
      }
      var inputs = new Inputs(Optional.of(base), finetuned, finetuned);
      MergeRun.requireApart(request.out(), inputs);
      StagedFolder.requireFree(request.out().toAbsolutePath().normalize());
      MergePlan plan = new DiffPlanner(request).extraction(base, finetuned, dtype);
      Companions companions = Companions.of(inputs);
      List<InputIdentity> identities =
          List.of(
              InputIdentity.of("finetuned", finetuned, Optional.empty()),
              InputIdentity.of("base", base, Optional.empty()));
      try (StagedFolder staged = StagedFolder.claim(request.out())) {
        MergeRun.requireSpace(staged.path(), plan.layout().bytes());
        var work = new Extraction(request, plan, companions, identities, dtype);
        Extracted extracted = work.write(staged.path(), listener);
        staged.publish();
        return extracted;
      }
    } catch (ClosedByInterruptException e) {
      throw MergeEngine.interrupted(e);
    }
  }

  /**
   * Measures {@code finetuned − base}, beside {@code target − base} where a target is given. Of an
   * adapter, the modules that it changes are measured.
   *
   * @param request base and finetuned are used, its target and out are not
   */
  public static Analysis analyze(
      MergeRequest request, Optional<Path> targetPath, ProgressListener listener)
      throws IOException, InterruptedException {
    Path basePath =
        request
            .base()
            .orElseThrow(() -> new BadCheckpointException("no base is given to compare with"));
    try (ModelFolder base = ModelFolder.open(basePath);
        ModelFolder finetuned = ModelFolder.open(request.finetuned());
        ModelFolder target = targetPath.isPresent() ? ModelFolder.open(targetPath.get()) : null) {
      for (ModelFolder folder : List.of(base, finetuned, target == null ? base : target)) {
        ModelConfig.requireUnquantized(folder);
      }
      MergePlan plan =
          new DiffPlanner(request).measurement(base, finetuned, Optional.ofNullable(target));
      var stats = new AnalysisCollector(target != null);
      pipeline(request, plan, List.of(), stats, listener);
      return stats.result();
    } catch (ClosedByInterruptException e) {
      throw MergeEngine.interrupted(e);
    }
  }

  static List<List<MergeReport.OutputFile>> pipeline(
      MergeRequest request,
      MergePlan plan,
      List<Path> folders,
      AnalysisCollector stats,
      ProgressListener listener)
      throws IOException, InterruptedException {
    long started = System.nanoTime();
    long total = plan.bytesToMove(folders.size());
    var pipeline =
        new BlockPipeline(
            Kernels.choose(request.tuning().kernels()),
            request.sum().load(),
            plan.layout(),
            plan.tensors(),
            folders,
            PipelineSize.of(
                request.tuning().threads(), request.tuning().blockBytes(), folders.size()),
            stats);
    return pipeline.run(
        phase -> {
          double seconds = (System.nanoTime() - started) / 1e9;
          listener.progress(new MergeProgress(phase, pipeline.bytesMoved(), total, seconds));
          return listener.cancelled();
        });
  }
}
