package dev.recycler.workflows.spec;

import java.util.List;
import java.util.Map;

/**
 * A tool that a series file can name, and the flags that are not the user's to set.
 *
 * @param name as in the series file
 * @param reserved why a flag is refused and what to do, by flag with {@code _} for {@code -}
 */
record Tool(String name, Map<String, String> reserved) {
  private static final String PLACED = "is set by recycler for every run; remove it";

  static final List<Tool> TRAINERS =
      List.of(
          new Tool(
              "trl",
              Map.ofEntries(
                  Map.entry("model_name_or_path", PLACED),
                  Map.entry("output_dir", PLACED),
                  Map.entry("dataset_name", "is set from finetune.data; remove it"),
                  Map.entry("resume_from_checkpoint", PLACED),
                  Map.entry(
                      "save_only_model",
                      "would leave checkpoints that training can't go on from; remove it"))));

  static final List<Tool> HARNESSES =
      List.of(
          new Tool(
              "lm-eval",
              Map.ofEntries(
                  Map.entry("tasks", "is set from task; write it there"),
                  Map.entry("include_path", "is set from include; write it there"),
                  Map.entry("output_path", PLACED),
                  Map.entry(
                      "use_cache",
                      "would give one model another's scores, for the cache does not tell them"
                          + " apart; remove it"))));

  static Tool named(List<Tool> tools, String name) {
    return tools.stream().filter(tool -> tool.name().equals(name)).findFirst().orElseThrow();
  }

  static List<String> names(List<Tool> tools) {
    return tools.stream().map(Tool::name).toList();
  }
}
