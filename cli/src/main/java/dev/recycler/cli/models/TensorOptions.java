package dev.recycler.cli.models;

import dev.recycler.activities.merge.EmbeddingsPolicy;
import dev.recycler.activities.merge.KernelChoice;
import dev.recycler.activities.merge.LoadMode;
import dev.recycler.activities.merge.MergeRequest;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of every command that compares the tensors of models. */
final class TensorOptions {
  @Option(
      names = "--load",
      paramLabel = "stored|bfloat16",
      description =
          "Take the inputs as stored, or rounded to bfloat16 first, as the paper's script does."
              + " Default: stored.")
  private LoadMode load = LoadMode.STORED;

  @Option(
      names = "--embeddings",
      paramLabel = "pad|strict|truncate",
      description =
          "Where the fine-tuned model has more tokens: pad base and target with zeros, refuse, or keep"
              + " the rows that all have. Default: pad.")
  private EmbeddingsPolicy embeddings = EmbeddingsPolicy.PAD;

  @Option(
      names = "--include",
      paramLabel = "PATTERN",
      description =
          "Take only tensors with such names (* and ?); of a merge, others are the target's.")
  private List<String> include = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description =
          "Leave tensors with such names out; a merge takes them from the target as they are.")
  private List<String> exclude = List.of();

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
            .withLoad(load)
            .withEmbeddings(embeddings)
            .withInclude(include)
            .withExclude(exclude)
            .withThreads(threads)
            .withKernels(kernels);
    return ignorePrefix == null ? result : result.withIgnorePrefix(ignorePrefix);
  }
}
