package dev.recycler.activities.training;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.FailureKind;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The user's flags. A key is the flag without dashes; a value is passed as it is; an empty value
 * makes a bare flag.
 */
final class Arguments {
  private Arguments() {}

  static void add(List<String> command, Map<String, String> given) {
    given.forEach(
        (name, value) -> {
          command.add("--" + name);
          if (!value.isEmpty()) {
            command.add(value);
          }
        });
  }

  static void addDefault(
      List<String> command, Map<String, String> given, String name, String value) {
    if (given.keySet().stream().noneMatch(key -> underscores(key).equals(name))) {
      command.add("--" + name);
      command.add(value);
    }
  }

  static boolean isFalse(Map<String, String> given, String name) {
    return given.entrySet().stream()
        .anyMatch(
            entry ->
                underscores(entry.getKey()).equals(name)
                    && entry.getValue().strip().toLowerCase(java.util.Locale.ROOT).equals("false"));
  }

  /** Refuses flags that belong to the orchestrator, also shortened as Python's parser allows. */
  static void refuse(Map<String, String> given, Set<String> ours) {
    List<String> refused =
        given.keySet().stream()
            .filter(key -> ours.stream().anyMatch(name -> name.startsWith(underscores(key))))
            .toList();
    if (!refused.isEmpty()) {
      throw new StepFailed(
          FailureKind.USER,
          "finetune.arguments: "
              + String.join(", ", refused)
              + (refused.size() == 1 ? " is" : " are")
              + " set by recycler itself; leave "
              + (refused.size() == 1 ? "it" : "them")
              + " out");
    }
  }

  private static String underscores(String flag) {
    return flag.replace('-', '_');
  }
}
