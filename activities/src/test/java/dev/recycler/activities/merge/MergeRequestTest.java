package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What may be asked for. */
class MergeRequestTest {
  private static final MergeRequest PLAIN =
      MergeRequest.of(Path.of("b"), Path.of("f"), Path.of("t"), Path.of("o"));

  private static void refused(UnaryOperator<MergeRequest> change, String message) {
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> change.apply(PLAIN))
        .withMessage(message);
  }

  @Test
  void scalesAreOneToEightFiniteNumbersNoneTwice() {
    refused(r -> r.withScales(List.of()), "0 scales are given; one pass takes 1 to 8");
    List<Double> nine = DoubleStream.iterate(0, x -> x + 1).limit(9).boxed().toList();
    refused(r -> r.withScales(nine), "9 scales are given; one pass takes 1 to 8");
    refused(
        r -> r.withScales(List.of(1.0, Double.NaN)), "scale is NaN; it must be a finite number");
    refused(
        r -> r.withScaleFor(Map.of("*a*", Double.POSITIVE_INFINITY)),
        "scale for *a* is Infinity; it must be a finite number");
    refused(r -> r.withScales(List.of(1.0, 2.0, 1.0)), "a scale is given twice in [1.0, 2.0, 1.0]");
  }

  @Test
  void outputsAreFloatsInShardsOfSomeSize() {
    refused(
        r -> r.withDtype(Dtype.I64),
        "the output dtype I64 is not a float type; use bfloat16, float16, float32 or float64");
    refused(r -> r.withShardSize(0), "the shard size is 0 bytes; it must be positive");
    refused(
        r -> r.withThreads(-1), "-1 threads are asked for; give 1 to 1024, or 0 for one a core");
  }

  @Test
  void everyChangeKeepsTheOthers() {
    List<UnaryOperator<MergeRequest>> changes =
        List.of(
            r -> r.withScales(List.of(2.0)),
            r -> r.withScaleFor(Map.of("a", 3.0)),
            r -> r.withLoad(LoadMode.BFLOAT16),
            r -> r.withInclude(List.of("i")),
            r -> r.withExclude(List.of("e")),
            r -> r.withIgnorePrefix("p."),
            r -> r.withEmbeddings(EmbeddingsPolicy.STRICT),
            r -> r.withDtype(Dtype.F32),
            r -> r.withShardSize(4),
            r -> r.withThreads(5),
            r -> r.withBlockBytes(6),
            r -> r.withKernels(KernelChoice.SCALAR),
            r -> r.withAnalyze(true),
            r -> r.withDigests(Map.of("base", "d")));
    MergeRequest all = PLAIN;
    for (UnaryOperator<MergeRequest> change : changes) {
      all = change.apply(all);
    }
    for (UnaryOperator<MergeRequest> change : changes) {
      assertThat(change.apply(all)).isEqualTo(all);
    }
    assertThat(all)
        .isEqualTo(
            new MergeRequest(
                Optional.of(Path.of("b")),
                Path.of("f"),
                Path.of("t"),
                Path.of("o"),
                new MergeRequest.Sum(List.of(2.0), Map.of("a", 3.0), LoadMode.BFLOAT16),
                new MergeRequest.Tensors(
                    List.of("i"), List.of("e"), Optional.of("p."), EmbeddingsPolicy.STRICT),
                new MergeRequest.Form(Optional.of(Dtype.F32), OptionalLong.of(4)),
                new MergeRequest.Tuning(5, 6, KernelChoice.SCALAR, true),
                Map.of("base", "d")));
  }
}
