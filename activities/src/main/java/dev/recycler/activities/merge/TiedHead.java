package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settles the output head where some models store it and others tie it to the embedding: a head
 * that is not there is the embedding.
 *
 * @param sides the models, with the same heads on all or on none
 * @param untied whether the output must have a head of its own although the fine-tuned model has
 *     none
 * @param note what the user should know, where anything was done
 */
record TiedHead(List<Side> sides, boolean untied, Optional<String> note) {
  private static final int STEP = 1 << 20;

  /**
   * @param sides the models
   * @param finetuned which of them gives the output its config
   */
  static TiedHead settle(List<Side> sides, Side finetuned) throws IOException {
    Optional<String> head = sides.stream().flatMap(side -> side.head().stream()).findFirst();
    if (head.isEmpty() || sides.stream().allMatch(side -> side.has(head.get()))) {
      return new TiedHead(sides, false, Optional.empty());
    }
    for (Side side : sides) {
      if (!side.has(head.get()) && side.embedding().isEmpty()) {
        return new TiedHead(sides, false, Optional.empty());
      }
    }
    if (!finetuned.has(head.get()) && allHeadsEqualEmbeddings(sides, head.get())) {
      String from = roles(sides, head.get(), true);
      return new TiedHead(
          sides.stream().map(side -> without(side, head.get())).toList(),
          false,
          Optional.of(
              "%s of %s equals its embedding and is left out, since the fine-tuned model ties them"
                  .formatted(head.get(), from)));
    }
    boolean untied = !finetuned.has(head.get());
    String note =
        "%s is not in %s, where the embedding stands for it%s"
            .formatted(
                head.get(),
                roles(sides, head.get(), false),
                untied
                    ? "; the output has a head of its own and says tie_word_embeddings: false"
                    : "");
    return new TiedHead(
        sides.stream().map(side -> withHead(side, head.get())).toList(), untied, Optional.of(note));
  }

  private static boolean allHeadsEqualEmbeddings(List<Side> sides, String head) throws IOException {
    for (Side side : sides) {
      if (side.has(head)
          && (side.embedding().isEmpty()
              || !equal(side.source(head), side.source(side.embedding().get())))) {
        return false;
      }
    }
    return true;
  }

  /** Whether two tensors have the same type, shape and bytes. */
  static boolean equal(Source one, Source other) throws IOException {
    TensorInfo a = one.tensor();
    TensorInfo b = other.tensor();
    if (a.dtype() != b.dtype() || !a.shape().equals(b.shape())) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment left = arena.allocate(STEP, 64);
      MemorySegment right = arena.allocate(STEP, 64);
      int step = STEP / a.dtype().bytes();
      for (long at = 0; at < a.elements(); at += step) {
        int n = (int) Math.min(step, a.elements() - at);
        one.read(at, n, left);
        other.read(at, n, right);
        long bytes = (long) n * a.dtype().bytes();
        if (left.asSlice(0, bytes).mismatch(right.asSlice(0, bytes)) >= 0) {
          return false;
        }
      }
    }
    return true;
  }

  private static Side without(Side side, String head) {
    Map<String, TensorInfo> tensors = new TreeMap<>(side.tensors());
    tensors.remove(head);
    return side.with(tensors);
  }

  private static Side withHead(Side side, String head) {
    if (side.has(head)) {
      return side;
    }
    Map<String, TensorInfo> tensors = new TreeMap<>(side.tensors());
    tensors.put(head, tensors.get(side.embedding().orElseThrow()));
    return side.with(tensors);
  }

  private static String roles(List<Side> sides, String head, boolean having) {
    var roles = new ArrayList<String>();
    for (Side side : sides) {
      if (side.has(head) == having) {
        roles.add(side.role());
      }
    }
    return String.join(" and ", roles);
  }
}
