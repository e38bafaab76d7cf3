package dev.recycler.cli.models;

import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.activities.safetensors.Dtype;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
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
      names = "--dtype",
      paramLabel = "D",
      description =
          "Type of the output: bfloat16, float16, float32 or float64. Default: the target's.")
  private String dtype;

  @Option(
      names = "--shard-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description =
          "Most bytes in a weight file, such as 5GB. Default: files as the target has them.")
  private Long shardSize;

  @Option(
      names = "--scale-for",
      paramLabel = "PATTERN=X",
      description = "A scale of their own for tensors with such names; the first match holds.")
  private Map<String, Double> scaleFor = new LinkedHashMap<>();

  @Mixin private TensorOptions tensors;

  /** The request with these options. */
  MergeRequest applyTo(MergeRequest request) {
    MergeRequest result = tensors.applyTo(request).withScales(scales).withScaleFor(scaleFor);
    if (dtype != null) {
      result = result.withDtype(Dtype.parseFloat(dtype));
    }
    return shardSize == null ? result : result.withShardSize(shardSize);
  }
}
