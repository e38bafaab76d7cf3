package dev.recycler.activities.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Finds the GPUs that a worker may use. */
public final class Gpus {
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";
  private static final int SECONDS_TO_ANSWER = 20;

  private Gpus() {}

  /**
   * The ids of the GPUs, as {@code CUDA_VISIBLE_DEVICES} takes them: those that this variable
   * allows where it is set, else those that {@code nvidia-smi} lists.
   *
   * @param environment the worker's environment
   * @return empty where there are none
   */
  public static List<String> visible(Map<String, String> environment)
      throws IOException, InterruptedException {
    String allowed = environment.get(VISIBLE);
    return allowed == null ? listed(environment.get("PATH")) : ids(allowed.split(","));
  }

  private static List<String> listed(String path) throws IOException, InterruptedException {
    Path program;
    try {
      program = Programs.find("nvidia-smi", Path.of("/"), path);
    } catch (IOException e) {
      // No driver, no GPU.
      return List.of();
    }
    Process process =
        new ProcessBuilder(program.toString(), "--query-gpu=index", "--format=csv,noheader")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return List.of();
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return ids(said.split("\\R"));
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> ids(String[] texts) {
    return Arrays.stream(texts)
        .map(String::strip)
        .filter(id -> !id.isEmpty() && !id.equals("-1"))
        .toList();
  }
}
