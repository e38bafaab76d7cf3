package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a large merge needs is compiled before its first block, and as a whole. */
class MergeStartIT {
  private static final long VALUES = 60_000_000;
  private static final String KERNEL = "VectorKernels::mergeBfloat16 ";

  @TempDir private Path folder;

  /** Nothing but the warm-up runs the kernel for brain floats where no side has any. */
  @Test
  void theWarmUpGoesOnUntilTheKernelIsCompiled() throws Exception {
    assertThat(compilationsWhileMerging("F32", 4))
        .anyMatch(line -> line.matches("\\d+ +\\d+ +b? +4 +.*"));
  }

  @Test
  void theKernelIsNotCompiledInTheMiddleOfABlock() throws Exception {
    assertThat(compilationsWhileMerging("BF16", 2))
        .isNotEmpty()
        .noneMatch(line -> line.matches("\\d+ +\\d+ +%.*"));
  }

  /**
   * What the JVM says of the kernel: time, number, attributes (% where a running loop is replaced),
   * level, method.
   */
  private List<String> compilationsWhileMerging(String dtype, int bytes) throws Exception {
    for (String side : List.of("base", "finetuned", "target")) {
      writeZeros(folder.resolve(side), dtype, bytes);
    }
    PackagedCli.Result result =
        new PackagedCli()
            .with("RECYCLER_JAVA_OPTS", "-XX:+PrintCompilation")
            .run(
                "merge",
                "--base",
                folder.resolve("base").toString(),
                "--finetuned",
                folder.resolve("finetuned").toString(),
                "--target",
                folder.resolve("target").toString(),
                "--out",
                folder.resolve("out").toString());
    assertThat(result.code()).as(result.err()).isZero();
    assumeFalse(result.err().contains("scalar kernels"), "no vectors here");
    return result.out().lines().filter(line -> line.contains(KERNEL)).map(String::strip).toList();
  }

  /** A model of one tensor of zeros, of which the disk keeps next to nothing. */
  private static void writeZeros(Path model, String dtype, int bytes) throws IOException {
    Files.createDirectories(model);
    byte[] header =
        "{\"w\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(dtype, VALUES, bytes * VALUES)
            .getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file =
        new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
      file.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
      file.write(header);
      file.setLength(8 + header.length + bytes * VALUES);
    }
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"llama\"}");
  }
}
