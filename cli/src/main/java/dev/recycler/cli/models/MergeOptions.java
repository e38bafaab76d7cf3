package dev.recycler.cli.models;

import dev.recycler.activities.merge.EmbeddingsPolicy;
import dev.recycler.activities.merge.KernelChoice;
import dev.recycler.activities.merge.LoadMode;
import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.activities.safetensors.Dtype;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of every command that adds a difference to a model. */
final class MergeOptions {
  @Option(
      names = "--scale",
      split = ",",
      paramLabel = "X",
      description =
          "Factor of the difference; several, separated by commas, come out of one reading as folders"
              + " scale-X. Default: 1.")
  private List<Double> scales = List.of(1.0);

  @Option(
      names = "--load",
      paramLabel = "stored|bfloat16",
      description =
          "Take the inputs as stored, or rounded to bfloat16 first, as the paper's script does."
              + " Default: stored.")
  private LoadMode load = LoadMode.STORED;

  @Option(
      names = "--dtype",
      paramLabel = "D",
      description =
          "Type of the output: bfloat16, float16, float32 or float64. Default: the target's.")
  private String dtype;

  @Option(
      names = "--embeddings",
      paramLabel = "pad|strict|truncate",
      description =
          "Where the fine-tuned model has more tokens: pad base and target with zeros, refuse, or keep"
              + " the rows that all have. Default: pad.")
  private EmbeddingsPolicy embeddings = EmbeddingsPolicy.PAD;

  @Option(
      names = "--shard-size",
      paramLabel = "SIZE",
      converter = Sizes.Converter.class,
      description =
          "Most bytes in a weight file, such as 5GB. Default: files as the target has them.")
  private Long shardSize;

  @Option(
      names = "--include",
      paramLabel = "PATTERN",
      description = "Merge only tensors with such names (* and ?); others are the target's.")
  private List<String> include = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description = "Take tensors with such names from the target as they are.")
  private List<String> exclude = List.of();

  @Option(
      names = "--scale-for",
      paramLabel = "PATTERN=X",
      description = "A scale of their own for tensors with such names; the first match holds.")
  private Map<String, Double> scaleFor = new LinkedHashMap<>();

  @Option(
      names = "--ignore-prefix",
      paramLabel = "PREFIX",
      description = "Compare names without a prefix that only some models have, such as model.")
  private String ignorePrefix;

  @Option(names = "--threads", paramLabel = "N", description = "Threads. Default: one a core.")
  private int threads;

  @Option(
      names = "--kernels",
      paramLabel = "auto|scalar|vector",
      description = "Which arithmetic; all give the same bits. Default: auto.")
  private KernelChoice kernels = KernelChoice.AUTO;

  /** The request with these options. */
  MergeRequest applyTo(MergeRequest request) {
    MergeRequest result =
        request
            .withScales(scales)
            .withLoad(load)
            .withEmbeddings(embeddings)
            .withInclude(include)
            .withExclude(exclude)
            .withScaleFor(scaleFor)
            .withThreads(threads)
            .withKernels(kernels);
    if (dtype != null) {
      result = result.withDtype(Dtype.parseFloat(dtype));
    }
    if (shardSize != null) {
      result = result.withShardSize(shardSize);
    }
    return ignorePrefix == null ? result : result.withIgnorePrefix(ignorePrefix);
  }
}
