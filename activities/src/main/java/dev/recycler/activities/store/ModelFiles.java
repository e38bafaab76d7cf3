package dev.recycler.activities.store;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which files of a model folder make the model: weights, configuration, tokenizer, chat template
 * and custom code. Model cards, trainer states, pickles, logs, pictures and the same weights in
 * other formats do not: they differ between two runs that give the same model, or between two
 * downloads of it, and nothing that reads the model reads them.
 */
public final class ModelFiles {
  private static final Set<String> APART =
      Set.of("recycler.json", "trainer_state.json", "all_results.json", "train_results.json");
  private static final List<String> APART_ENDINGS =
      List.of(
          ".md",
          ".log",
          ".pdf",
          ".png",
          ".jpg",
          ".jpeg",
          ".gif",
          ".webp",
          ".svg",
          // other formats of weights, and what lists their parts
          ".bin",
          ".pt",
          ".pth",
          ".ckpt",
          ".h5",
          ".msgpack",
          ".ot",
          ".onnx",
          ".onnx_data",
          ".gguf",
          ".tflite",
          ".mlmodel",
          ".npz",
          ".tar",
          ".zip",
          ".gz",
          ".bin.index.json",
          ".h5.index.json",
          ".msgpack.index.json");

  private ModelFiles() {}

  /** Whether a file with this path, relative to the model folder, is part of the model. */
  public static boolean includes(String path) {
    if (path.indexOf('/') >= 0 || path.startsWith(".")) {
      return false;
    }
    String name = path.toLowerCase(Locale.ROOT);
    return !APART.contains(name)
        && !name.startsWith("license")
        && !name.startsWith("licence")
        && !name.startsWith("notice")
        && !name.startsWith("use_policy")
        // Meta's and Mistral's own form of the same weights, beside those that transformers reads.
        && !name.startsWith("consolidated")
        && APART_ENDINGS.stream().noneMatch(name::endsWith);
  }
}
