package dev.recycler.activities.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks NVIDIA's driver. */
final class NvidiaSmi {
  private static final int SECONDS_TO_ANSWER = 20;

  private NvidiaSmi() {}

  /**
   * One row a GPU.
   *
   * @param path where programs are looked for
   * @param fields as {@code --query-gpu} takes them
   * @return empty where there is no driver or it does not answer
   */
  static List<List<String>> query(String path, String fields)
      throws IOException, InterruptedException {
    Path program;
    try {
      program = Programs.find("nvidia-smi", Path.of("/"), path);
    } catch (IOException e) {
      // No driver, no GPU.
      return List.of();
    }
    Process process =
        new ProcessBuilder(
                program.toString(), "--query-gpu=" + fields, "--format=csv,noheader,nounits")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return List.of();
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return said.lines()
          .filter(line -> !line.isBlank())
          .map(line -> Arrays.stream(line.split(",")).map(String::strip).toList())
          .toList();
    } finally {
      process.destroyForcibly();
    }
  }
}
