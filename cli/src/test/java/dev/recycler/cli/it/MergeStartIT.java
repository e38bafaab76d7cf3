package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void theKernelIsCompiledBeforeTheFirstBlockAndNotInTheMiddleOfOne() throws Exception {
    for (String side : List.of("base", "finetuned", "target")) {
      writeZeros(folder.resolve(side));
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
    if (result.err().contains("scalar kernels")) {
      return; // no vectors here, and nothing to wait for
    }
    List<String> compiled =
        result.out().lines().filter(line -> line.contains(KERNEL)).map(String::strip).toList();
    // Time, number, attributes (% where a running loop is replaced), level, method.
    assertThat(compiled).anyMatch(line -> line.matches("\\d+ +\\d+ +b? +4 +.*"));
    assertThat(compiled).noneMatch(line -> line.matches("\\d+ +\\d+ +%.*"));
  }

  /** A model of one tensor of bfloat16 zeros, of which the disk keeps next to nothing. */
  private static void writeZeros(Path model) throws IOException {
    Files.createDirectories(model);
    byte[] header =
        "{\"w\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(VALUES, 2 * VALUES)
            .getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file =
        new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
      file.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
      file.write(header);
      file.setLength(8 + header.length + 2 * VALUES);
    }
    Files.writeString(model.resolve("config.json"), "{\"torch_dtype\": \"bfloat16\"}");
  }
}
