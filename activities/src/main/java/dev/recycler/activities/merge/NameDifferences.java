package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Explains how the tensor names of models differ, and which option settles it. */
final class NameDifferences {
  private static final int SHOWN = 3;

  private NameDifferences() {}

  /**
   * @param wanted the names that matter
   * @throws BadCheckpointException where a side lacks one of them
   */
  static void refuse(List<Side> sides, Collection<String> wanted) {
    var parts = new ArrayList<String>();
    var different = new TreeSet<String>();
    for (Side side : sides) {
      List<String> missing = wanted.stream().filter(name -> !side.has(name)).sorted().toList();
      if (!missing.isEmpty()) {
        different.addAll(missing);
        parts.add("%s lacks %s".formatted(side.role(), some(missing)));
      }
    }
    if (!parts.isEmpty()) {
      throw new BadCheckpointException(
          "the models do not hold the same tensors: %s%s"
              .formatted(String.join(", ", parts), hint(sides, different)));
    }
  }

  /** The first few of some names, and how many there are. */
  static String some(List<String> names) {
    String shown =
        names.stream()
            .limit(SHOWN)
            .map(name -> "\"" + name + "\"")
            .collect(Collectors.joining(", "));
    return names.size() <= SHOWN ? shown : "%d tensors (%s, …)".formatted(names.size(), shown);
  }

  private static String hint(List<Side> sides, Set<String> different) {
    if (different.stream().allMatch(name -> name.contains("rotary") || name.endsWith("inv_freq"))) {
      return "; these are rotary buffers that newer models compute: leave them out with"
          + " --exclude \"*rotary*\"";
    }
    String prefix = prefix(sides, different);
    if (prefix != null) {
      return "; the names differ by a prefix: compare without it by --ignore-prefix " + prefix;
    }
    if (different.stream().anyMatch(name -> name.contains("lora_"))) {
      return "; there are adapter weights among them: save the adapter as a folder of its own";
    }
    if (different.stream().allMatch(name -> name.endsWith(Side.HEAD))) {
      return "; the head may be tied to an embedding that is not recognised: take the target's by"
          + " --exclude \"*lm_head*\"";
    }
    return "; take such tensors from the target, or leave them out where it has none, by --exclude";
  }

  /** A prefix that makes a missing name one that is there. */
  private static String prefix(List<Side> sides, Set<String> different) {
    for (String candidate : List.of("model.", "language_model.", "transformer.", "base_model.")) {
      long settled =
          different.stream()
              .filter(
                  name ->
                      different.contains(candidate + name)
                          || (name.startsWith(candidate)
                              && different.contains(name.substring(candidate.length()))))
              .count();
      if (settled * 2 > different.size() && sides.size() > 1) {
        return candidate;
      }
    }
    return null;
  }
}
