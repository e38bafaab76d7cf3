package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Which tensors get the difference, and with which scale: the request's name patterns. */
final class TensorChoice {
  private record ScaleRule(NamePattern pattern, double scale) {}

  private final List<NamePattern> include;
  private final List<NamePattern> exclude;
  private final List<ScaleRule> rules = new ArrayList<>();
  private final List<Double> scales;

  TensorChoice(MergeRequest request) {
    this.include = request.tensors().include().stream().map(NamePattern::of).toList();
    this.exclude = request.tensors().exclude().stream().map(NamePattern::of).toList();
    this.scales = request.sum().scales();
    request
        .sum()
        .scaleFor()
        .forEach((pattern, scale) -> rules.add(new ScaleRule(NamePattern.of(pattern), scale)));
  }

  /** Whether the tensor gets the difference. */
  boolean isMerged(String name) {
    return (include.isEmpty() || matches(include, name)) && !matches(exclude, name);
  }

  /** λ for each output. */
  List<Double> scales(String name) {
    return rules.stream()
        .filter(rule -> rule.pattern().matches(name))
        .findFirst()
        .map(rule -> scales.stream().map(ignored -> rule.scale()).toList())
        .orElse(scales);
  }

  /**
   * @throws BadCheckpointException where a pattern matches no name: it is mistyped
   */
  void requireUse(Collection<String> names) {
    requireUse("--include", include, names);
    requireUse("--exclude", exclude, names);
    requireUse("--scale-for", rules.stream().map(ScaleRule::pattern).toList(), names);
  }

  private static void requireUse(
      String option, List<NamePattern> patterns, Collection<String> names) {
    for (NamePattern pattern : patterns) {
      if (names.stream().noneMatch(pattern::matches)) {
        throw new BadCheckpointException(
            "%s \"%s\" matches no tensor; names look like \"%s\", and * stands for any characters"
                .formatted(option, pattern.text(), names.iterator().next()));
      }
    }
  }

  private static boolean matches(List<NamePattern> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(name));
  }
}
