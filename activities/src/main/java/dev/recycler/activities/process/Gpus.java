package dev.recycler.activities.process;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Finds the GPUs that a worker may use. */
public final class Gpus {
  static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  private Gpus() {}

  /**
   * One GPU.
   *
   * @param id as {@code CUDA_VISIBLE_DEVICES} takes it
   * @param uuid its own name, the same whoever looks; the id where the driver tells none
   */
  public record Gpu(String id, String uuid) {}

  /**
   * The GPUs: those that {@code CUDA_VISIBLE_DEVICES} allows where it is set, else those that
   * {@code nvidia-smi} lists.
   *
   * @param environment the worker's environment
   * @return empty where there are none
   */
  public static List<Gpu> visible(Map<String, String> environment)
      throws IOException, InterruptedException {
    String allowed = environment.get(VISIBLE);
    if (allowed != null && ids(allowed).isEmpty()) {
      return List.of();
    }
    List<Gpu> listed =
        NvidiaSmi.query(environment.get("PATH"), "index,uuid").stream()
            .filter(row -> row.size() == 2)
            .map(row -> new Gpu(row.get(0), row.get(1)))
            .toList();
    return allowed == null
        ? listed
        : ids(allowed).stream().map(id -> new Gpu(id, uuid(id, listed))).toList();
  }

  /** An id may be a number, or a UUID shortened as long as it is the only one that begins so. */
  private static String uuid(String id, List<Gpu> listed) {
    return listed.stream()
        .filter(gpu -> gpu.id().equals(id) || gpu.uuid().startsWith(id))
        .map(Gpu::uuid)
        .findFirst()
        .orElse(id);
  }

  static List<String> ids(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .filter(id -> !id.isEmpty() && !id.equals("-1"))
        .toList();
  }
}
