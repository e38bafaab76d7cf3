package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.TensorInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One of the models of a merge, its tensors by the names that all sides share.
 *
 * @param role what messages call it: base, finetuned or target
 * @param folder its files
 * @param tensors by shared name
 */
record Side(String role, ModelFolder folder, Map<String, TensorInfo> tensors) {
  static final String HEAD = "lm_head.weight";
  private static final List<String> EMBEDDINGS =
      List.of("embed_tokens.weight", "wte.weight", "word_embeddings.weight", "embed_in.weight");

  private static final List<String> NOT_OF_TOKENS = List.of("pos", "patch", "token_type");

  /**
   * @param ignoredPrefix is taken off the names that have it
   * @throws BadCheckpointException where it has no tensors, or some that no merge can take
   */
  static Side of(String role, ModelFolder folder, Optional<String> ignoredPrefix) {
    var tensors = new TreeMap<String, TensorInfo>();
    for (TensorInfo tensor : folder.tensors().values()) {
      String name = tensor.name();
      String shared =
          ignoredPrefix
              .filter(name::startsWith)
              .map(prefix -> name.substring(prefix.length()))
              .orElse(name);
      if (tensors.put(shared, tensor) != null) {
        throw new BadCheckpointException(
            "%s: tensor \"%s\" is there both with and without the prefix \"%s\""
                .formatted(folder.path(), shared, ignoredPrefix.orElseThrow()));
      }
      if (tensor.dtype().kind() == Dtype.Kind.UNSUPPORTED) {
        throw new BadCheckpointException(
            "%s: tensor \"%s\" is %s, which cannot be merged; use the model in bfloat16, float16 or float32"
                .formatted(folder.path(), name, tensor.dtype()));
      }
    }
    if (tensors.isEmpty()) {
      throw new BadCheckpointException("%s holds no tensors".formatted(folder.path()));
    }
    return new Side(role, folder, tensors);
  }

  /** The same model with another set of tensors. */
  Side with(Map<String, TensorInfo> changed) {
    return new Side(role, folder, changed);
  }

  Source source(String name) {
    return new Source(folder, tensors.get(name));
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** The shared name of the input embedding, where exactly one tensor looks like it. */
  Optional<String> embedding() {
    List<String> found =
        tensors.keySet().stream()
            .filter(name -> EMBEDDINGS.stream().anyMatch(end -> isOrEndsWith(name, end)))
            .toList();
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /** The shared name of the output head, where there is one. */
  Optional<String> head() {
    return tensors.keySet().stream().filter(name -> isOrEndsWith(name, HEAD)).findFirst();
  }

  /** Whether rows of the tensor stand for tokens, and not for places in a text or an image. */
  static boolean isTokenTable(String name) {
    return (name.contains("embed") && NOT_OF_TOKENS.stream().noneMatch(name::contains))
        || name.contains("lm_head")
        || isOrEndsWith(name, "wte.weight")
        || isOrEndsWith(name, "output.weight");
  }

  private static boolean isOrEndsWith(String name, String end) {
    return name.equals(end) || name.endsWith("." + end);
  }
}
