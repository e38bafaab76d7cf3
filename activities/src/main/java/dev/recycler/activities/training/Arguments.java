package dev.recycler.activities.training;

import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.FailureKind;
import java.util.List;
import java.util.Set;

/** What trainers have in common about their flags. */
final class Arguments {
  private Arguments() {}

  static void addDefault(List<String> command, Flags given, String name, String value) {
    if (!given.has(name)) {
      command.add("--" + name);
      command.add(value);
    }
  }

  static boolean isFalse(Flags given, String name) {
    return given.value(name).filter(value -> value.strip().equalsIgnoreCase("false")).isPresent();
  }

  /** Refuses flags that belong to the orchestrator, also shortened as Python's parser allows. */
  static void refuse(Flags given, Set<String> ours) {
    List<String> refused = given.amongShortened(ours);
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
}
