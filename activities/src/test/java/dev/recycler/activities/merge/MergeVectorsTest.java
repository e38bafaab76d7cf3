package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.recycler.activities.safetensors.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every case of the shared vectors, made by PyTorch, bit for bit, however the work is cut up. */
class MergeVectorsTest {
  private static final Path VECTORS =
      Path.of(System.getProperty("recycler.checkout", ".")).resolve("../shared/vectors");

  @TempDir Path scratch;

  @TestFactory
  Stream<DynamicTest> everyCaseIsEqualBitForBit() throws IOException {
    assumeTrue(Files.isDirectory(VECTORS), "skipped: no vectors beside the checkout at " + VECTORS);
    var tests = new ArrayList<DynamicTest>();
    for (Path folder : list(VECTORS)) {
      for (Path expected : list(folder)) {
        String name = expected.getFileName().toString();
        if (name.startsWith("expected-")) {
          double scale = Double.parseDouble(name.substring("expected-".length()));
          for (Variant variant : Variant.ALL) {
            tests.add(
                dynamicTest(
                    folder.getFileName() + " " + scale + " " + variant,
                    () -> check(folder, expected, scale, variant)));
          }
        }
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private record Variant(KernelChoice kernels, int threads, int blockBytes, long shardSize) {
    static final List<Variant> ALL =
        List.of(
            new Variant(KernelChoice.SCALAR, 1, 0, 0),
            new Variant(KernelChoice.VECTOR, 1, 0, 0),
            new Variant(KernelChoice.VECTOR, 4, 56, 0),
            new Variant(KernelChoice.SCALAR, 3, 24, 1000),
            new Variant(KernelChoice.VECTOR, 2, 1000, 3000));
  }

  private void check(Path folder, Path expected, double scale, Variant variant) throws Exception {
    Path out = Files.createTempDirectory(scratch, "out").resolve("merged");
    MergeRequest request =
        MergeRequest.of(
                folder.resolve("base"), folder.resolve("finetuned"), folder.resolve("target"), out)
            .withScales(List.of(scale))
            .withKernels(variant.kernels())
            .withThreads(variant.threads())
            .withBlockBytes(variant.blockBytes());
    if (variant.shardSize() > 0) {
      request = request.withShardSize(variant.shardSize());
    }
    if (folder.endsWith("loaded-as-bf16")) {
      request = request.withLoad(LoadMode.BFLOAT16);
    }
    MergeEngine.run(request, ProgressListener.NONE);
    try (ModelFolder made = ModelFolder.open(out);
        ModelFolder wanted = ModelFolder.open(expected)) {
      Checkpoints.assertEqualModels(made, wanted);
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var listing = Files.list(folder)) {
      return listing.filter(Files::isDirectory).sorted().toList();
    }
  }
}
