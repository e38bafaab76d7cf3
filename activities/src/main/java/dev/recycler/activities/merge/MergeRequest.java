package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is to be merged: {@code target + scale · (finetuned − base)}. Made by {@link #of} and
 * changed by the {@code with…} methods.
 *
 * @param base the model that was fine-tuned; absent only where {@code finetuned} is an adapter
 * @param finetuned the fine-tuned model, a PEFT adapter, or a folder made by {@code diff extract}
 * @param target the model that gets the difference
 * @param out the folder to make; where there are several scales, it gets a folder {@code scale-X}
 *     for each
 * @param scales the factors λ, each finite, none twice
 * @param load how inputs are taken
 * @param dtype the float type of the output; absent for that of the target's tensors
 * @param embeddings what is done about added rows
 * @param shardSize most bytes of tensors in a weight file; absent for files as the target has them
 * @param include name patterns ({@code *}, {@code ?}) of the tensors that get the difference; empty
 *     for all
 * @param exclude name patterns of tensors that are the target's as they are
 * @param scaleFor scales by name pattern in place of {@code scales}; the first that matches holds
 * @param ignorePrefix a prefix of names that only some of the models have, such as {@code model.}
 * @param threads threads to use; 0 for one a core
 * @param blockBytes bytes of the widest element type in one block; 0 for the default
 * @param kernels which arithmetic to use
 * @param analyze whether to measure the difference on the way
 */
public record MergeRequest(
    Optional<Path> base,
    Path finetuned,
    Path target,
    Path out,
    List<Double> scales,
    LoadMode load,
    Optional<Dtype> dtype,
    EmbeddingsPolicy embeddings,
    OptionalLong shardSize,
    List<String> include,
    List<String> exclude,
    Map<String, Double> scaleFor,
    Optional<String> ignorePrefix,
    int threads,
    int blockBytes,
    KernelChoice kernels,
    boolean analyze) {

  /** Most scales that one pass writes. */
  public static final int MAX_SCALES = 8;

  public MergeRequest {
    scales = List.copyOf(scales);
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    scaleFor = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(scaleFor));
    if (scales.isEmpty() || scales.size() > MAX_SCALES) {
      throw new BadCheckpointException(
          "%d scales are given; one pass takes 1 to %d".formatted(scales.size(), MAX_SCALES));
    }
    scales.forEach(scale -> requireFinite("scale", scale));
    if (scales.stream().distinct().count() < scales.size()) {
      throw new BadCheckpointException("a scale is given twice in %s".formatted(scales));
    }
    scaleFor.forEach((pattern, scale) -> requireFinite("scale for " + pattern, scale));
    if (dtype.isPresent() && !dtype.get().isFloat()) {
      throw new BadCheckpointException(
          "the output dtype %s is not a float type; use bfloat16, float16, float32 or float64"
              .formatted(dtype.get()));
    }
    if (shardSize.isPresent() && shardSize.getAsLong() <= 0) {
      throw new BadCheckpointException(
          "the shard size is %d bytes; it must be positive".formatted(shardSize.getAsLong()));
    }
    if (threads < 0 || threads > 1024) {
      throw new BadCheckpointException(
          "%d threads are asked for; give 1 to 1024, or 0 for one a core".formatted(threads));
    }
  }

  private static void requireFinite(String what, double scale) {
    if (!Double.isFinite(scale)) {
      throw new BadCheckpointException(
          "%s is %s; it must be a finite number".formatted(what, scale));
    }
  }

  /** The plain merge with scale 1 of three models, everything else by default. */
  public static MergeRequest of(Path base, Path finetuned, Path target, Path out) {
    return new MergeRequest(
        Optional.ofNullable(base),
        finetuned,
        target,
        out,
        List.of(1.0),
        LoadMode.STORED,
        Optional.empty(),
        EmbeddingsPolicy.PAD,
        OptionalLong.empty(),
        List.of(),
        List.of(),
        Map.of(),
        Optional.empty(),
        0,
        0,
        KernelChoice.AUTO,
        false);
  }

  public MergeRequest withScales(List<Double> value) {
    return copy(
        value, load, dtype, embeddings, shardSize, include, exclude, scaleFor, ignorePrefix);
  }

  public MergeRequest withLoad(LoadMode value) {
    return copy(
        scales, value, dtype, embeddings, shardSize, include, exclude, scaleFor, ignorePrefix);
  }

  public MergeRequest withDtype(Dtype value) {
    return copy(
        scales,
        load,
        Optional.of(value),
        embeddings,
        shardSize,
        include,
        exclude,
        scaleFor,
        ignorePrefix);
  }

  public MergeRequest withEmbeddings(EmbeddingsPolicy value) {
    return copy(scales, load, dtype, value, shardSize, include, exclude, scaleFor, ignorePrefix);
  }

  public MergeRequest withShardSize(long bytes) {
    return copy(
        scales,
        load,
        dtype,
        embeddings,
        OptionalLong.of(bytes),
        include,
        exclude,
        scaleFor,
        ignorePrefix);
  }

  public MergeRequest withInclude(List<String> patterns) {
    return copy(
        scales, load, dtype, embeddings, shardSize, patterns, exclude, scaleFor, ignorePrefix);
  }

  public MergeRequest withExclude(List<String> patterns) {
    return copy(
        scales, load, dtype, embeddings, shardSize, include, patterns, scaleFor, ignorePrefix);
  }

  public MergeRequest withScaleFor(Map<String, Double> byPattern) {
    return copy(
        scales, load, dtype, embeddings, shardSize, include, exclude, byPattern, ignorePrefix);
  }

  public MergeRequest withIgnorePrefix(String prefix) {
    return copy(
        scales,
        load,
        dtype,
        embeddings,
        shardSize,
        include,
        exclude,
        scaleFor,
        Optional.of(prefix));
  }

  public MergeRequest withThreads(int value) {
    return tuned(value, blockBytes, kernels, analyze);
  }

  public MergeRequest withBlockBytes(int value) {
    return tuned(threads, value, kernels, analyze);
  }

  public MergeRequest withKernels(KernelChoice value) {
    return tuned(threads, blockBytes, value, analyze);
  }

  public MergeRequest withAnalyze(boolean value) {
    return tuned(threads, blockBytes, kernels, value);
  }

  private MergeRequest copy(
      List<Double> newScales,
      LoadMode newLoad,
      Optional<Dtype> newDtype,
      EmbeddingsPolicy newEmbeddings,
      OptionalLong newShardSize,
      List<String> newInclude,
      List<String> newExclude,
      Map<String, Double> newScaleFor,
      Optional<String> newIgnorePrefix) {
    return new MergeRequest(
        base,
        finetuned,
        target,
        out,
        newScales,
        newLoad,
        newDtype,
        newEmbeddings,
        newShardSize,
        newInclude,
        newExclude,
        newScaleFor,
        newIgnorePrefix,
        threads,
        blockBytes,
        kernels,
        analyze);
  }

  private MergeRequest tuned(
      int newThreads, int newBlockBytes, KernelChoice newKernels, boolean newAnalyze) {
    return new MergeRequest(
        base,
        finetuned,
        target,
        out,
        scales,
        load,
        dtype,
        embeddings,
        shardSize,
        include,
        exclude,
        scaleFor,
        ignorePrefix,
        newThreads,
        newBlockBytes,
        newKernels,
        newAnalyze);
  }
}
