package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every case of the shared vectors through {@code ./recycler merge}, as users type it. */
class MergeVectorsIT {
  private static final Path VECTORS =
      Path.of(System.getProperty("recycler.checkout", ".")).resolve("../shared/vectors");
  private static final PackagedCli CLI = new PackagedCli();

  @TempDir private Path scratch;

  @TestFactory
  Stream<DynamicTest> everyCaseIsEqualBitForBit() throws IOException {
    assumeTrue(Files.isDirectory(VECTORS), "skipped: no vectors beside the checkout at " + VECTORS);
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : Homes.list(VECTORS)) {
      if (Files.isDirectory(folder)) {
        String name = folder.getFileName().toString();
        tests.add(dynamicTest(name, () -> check(folder)));
        tests.add(
            dynamicTest(
                name + " in scalar arithmetic and small shards",
                () ->
                    check(folder, "--kernels", "scalar", "--shard-size", "1kB", "--threads", "3")));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  /** All scales of a case from one command. */
  private void check(Path folder, String... options) throws IOException, InterruptedException {
    List<String> scales =
        Homes.list(folder).stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> name.startsWith("expected-"))
            .map(name -> name.substring("expected-".length()))
            .toList();
    assertThat(scales).isNotEmpty();
    Path out = Files.createTempDirectory(scratch, "vectors").resolve("merged");
    List<String> command = new ArrayList<>();
    command.add("merge");
    for (String side : List.of("base", "finetuned", "target")) {
      command.addAll(List.of("--" + side, folder.resolve(side).toString()));
    }
    command.addAll(List.of("--out", out.toString(), "--scale", String.join(",", scales)));
    command.addAll(List.of(options));
    if (folder.endsWith("loaded-as-bf16")) {
      command.addAll(List.of("--load", "bfloat16"));
    }
    PackagedCli.Result result = CLI.run(command.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    for (String scale : scales) {
      Weights.assertEqual(
          scales.size() == 1 ? out : out.resolve("scale-" + scale),
          folder.resolve("expected-" + scale));
    }
  }
}
