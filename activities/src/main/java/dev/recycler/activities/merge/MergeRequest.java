package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is to be merged: {@code target + scale · (finetuned − base)}. Made by {@link #of} and
 * changed by the {@code with…} methods.
 *
 * @param base the model that was fine-tuned; absent only where {@code finetuned} is an adapter or
 *     an extracted difference
 * @param finetuned the fine-tuned model, a PEFT adapter, or a folder made by {@code diff extract}
 * @param target the model that gets the difference
 * @param out the folder to make; where there are several scales, it gets a folder {@code scale-X}
 *     for each
 * @param sum what is computed
 * @param tensors which tensors take part, and how those of the models are paired
 * @param form how the output is stored
 * @param tuning how the work is done
 * @param digests content digests of inputs that the caller knows, by role ({@code base}, {@code
 *     finetuned}, {@code target}); they are quoted in the model's card, not checked
 */
public record MergeRequest(
    Optional<Path> base,
    Path finetuned,
    Path target,
    Path out,
    Sum sum,
    Tensors tensors,
    Form form,
    Tuning tuning,
    Map<String, String> digests) {

  /** Most scales that one pass writes. */
  public static final int MAX_SCALES = 8;

  public MergeRequest {
    digests = Map.copyOf(digests);
  }

  /**
   * What is computed.
   *
   * @param scales the factors λ, each finite, none twice
   * @param scaleFor scales by name pattern in place of {@code scales}; the first that matches holds
   * @param load how inputs are taken
   */
  public record Sum(List<Double> scales, Map<String, Double> scaleFor, LoadMode load) {
    public Sum {
      scales = List.copyOf(scales);
      scaleFor = Collections.unmodifiableMap(new LinkedHashMap<>(scaleFor));
      if (scales.isEmpty() || scales.size() > MAX_SCALES) {
        throw new BadCheckpointException(
            "%d scales are given; one pass takes 1 to %d".formatted(scales.size(), MAX_SCALES));
      }
      scales.forEach(scale -> requireFinite("scale", scale));
      if (scales.stream().distinct().count() < scales.size()) {
        throw new BadCheckpointException("a scale is given twice in %s".formatted(scales));
      }
      scaleFor.forEach((pattern, scale) -> requireFinite("scale for " + pattern, scale));
    }

    private static void requireFinite(String what, double scale) {
      if (!Double.isFinite(scale)) {
        throw new BadCheckpointException(
            "%s is %s; it must be a finite number".formatted(what, scale));
      }
    }
  }

  /**
   * Which tensors take part, and how those of the models are paired.
   *
   * @param include name patterns ({@code *}, {@code ?}) of the tensors that get the difference;
   *     empty for all
   * @param exclude name patterns of tensors that are the target's as they are
   * @param ignorePrefix a prefix of names that only some of the models have, such as {@code model.}
   * @param embeddings what is done about added rows
   */
  public record Tensors(
      List<String> include,
      List<String> exclude,
      Optional<String> ignorePrefix,
      EmbeddingsPolicy embeddings) {
    public Tensors {
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
    }
  }

  /**
   * How the output is stored.
   *
   * @param dtype its float type; absent for that of the target's tensors
   * @param shardSize most bytes of tensors in a weight file; absent for files as the target has
   *     them
   */
  public record Form(Optional<Dtype> dtype, OptionalLong shardSize) {
    public Form {
      if (dtype.isPresent() && !dtype.get().isFloat()) {
        throw new BadCheckpointException(
            "the output dtype %s is not a float type; use bfloat16, float16, float32 or float64"
                .formatted(dtype.get()));
      }
      if (shardSize.isPresent() && shardSize.getAsLong() <= 0) {
        throw new BadCheckpointException(
            "the shard size is %d bytes; it must be positive".formatted(shardSize.getAsLong()));
      }
    }
  }

  /**
   * How the work is done. None of it changes a bit of the output.
   *
   * @param threads threads to use; 0 for one a core
   * @param blockBytes bytes of the widest element type in one block; 0 for the default
   * @param kernels which arithmetic to use
   * @param analyze whether to measure the difference on the way
   */
  public record Tuning(int threads, int blockBytes, KernelChoice kernels, boolean analyze) {
    public Tuning {
      if (threads < 0 || threads > 1024) {
        throw new BadCheckpointException(
            "%d threads are asked for; give 1 to 1024, or 0 for one a core".formatted(threads));
      }
    }
  }

  /** The plain merge with scale 1 of three models, everything else by default. */
  public static MergeRequest of(Path base, Path finetuned, Path target, Path out) {
    return new MergeRequest(
        Optional.ofNullable(base),
        finetuned,
        target,
        out,
        new Sum(List.of(1.0), Map.of(), LoadMode.STORED),
        new Tensors(List.of(), List.of(), Optional.empty(), EmbeddingsPolicy.PAD),
        new Form(Optional.empty(), OptionalLong.empty()),
        new Tuning(0, 0, KernelChoice.AUTO, false),
        Map.of());
  }

  public MergeRequest withScales(List<Double> value) {
    return with(new Sum(value, sum.scaleFor, sum.load));
  }

  public MergeRequest withScaleFor(Map<String, Double> byPattern) {
    return with(new Sum(sum.scales, byPattern, sum.load));
  }

  public MergeRequest withLoad(LoadMode value) {
    return with(new Sum(sum.scales, sum.scaleFor, value));
  }

  public MergeRequest withInclude(List<String> patterns) {
    return with(new Tensors(patterns, tensors.exclude, tensors.ignorePrefix, tensors.embeddings));
  }

  public MergeRequest withExclude(List<String> patterns) {
    return with(new Tensors(tensors.include, patterns, tensors.ignorePrefix, tensors.embeddings));
  }

  public MergeRequest withIgnorePrefix(String prefix) {
    return with(
        new Tensors(tensors.include, tensors.exclude, Optional.of(prefix), tensors.embeddings));
  }

  public MergeRequest withEmbeddings(EmbeddingsPolicy value) {
    return with(new Tensors(tensors.include, tensors.exclude, tensors.ignorePrefix, value));
  }

  public MergeRequest withDtype(Dtype value) {
    return with(new Form(Optional.of(value), form.shardSize));
  }

  public MergeRequest withShardSize(long bytes) {
    return with(new Form(form.dtype, OptionalLong.of(bytes)));
  }

  public MergeRequest withThreads(int value) {
    return with(new Tuning(value, tuning.blockBytes, tuning.kernels, tuning.analyze));
  }

  public MergeRequest withBlockBytes(int value) {
    return with(new Tuning(tuning.threads, value, tuning.kernels, tuning.analyze));
  }

  public MergeRequest withKernels(KernelChoice value) {
    return with(new Tuning(tuning.threads, tuning.blockBytes, value, tuning.analyze));
  }

  public MergeRequest withAnalyze(boolean value) {
    return with(new Tuning(tuning.threads, tuning.blockBytes, tuning.kernels, value));
  }

  public MergeRequest withDigests(Map<String, String> byRole) {
    return new MergeRequest(base, finetuned, target, out, sum, tensors, form, tuning, byRole);
  }

  private MergeRequest with(Sum changed) {
    return new MergeRequest(base, finetuned, target, out, changed, tensors, form, tuning, digests);
  }

  private MergeRequest with(Tensors changed) {
    return new MergeRequest(base, finetuned, target, out, sum, changed, form, tuning, digests);
  }

  private MergeRequest with(Form changed) {
    return new MergeRequest(base, finetuned, target, out, sum, tensors, changed, tuning, digests);
  }

  private MergeRequest with(Tuning changed) {
    return new MergeRequest(base, finetuned, target, out, sum, tensors, form, changed, digests);
  }
}
