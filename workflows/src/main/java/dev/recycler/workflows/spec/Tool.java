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

  private static final String NO_RESUME =
      "would leave checkpoints that training can't go on from; remove it";

  private static final Map<String, String> TRL =
      Map.of(
          "model_name_or_path", PLACED,
          "output_dir", PLACED,
          "dataset_name", "is set from finetune.data; remove it",
          "resume_from_checkpoint", PLACED,
          "save_only_model", NO_RESUME);

  private static final Map<String, String> OPEN_INSTRUCT =
      Map.of(
          "model_name_or_path", PLACED,
          "output_dir", PLACED,
          "do_not_randomize_output_dir", PLACED,
          "dataset_mixer_list", "is set from finetune.data; remove it",
          "train_file", "is set from finetune.data; remove it",
          "resume_from_checkpoint", PLACED,
          "clean_checkpoints_at_end", NO_RESUME,
          "cache_dataset_only", "would train nothing; remove it");

  private static final Map<String, String> OLMO_CORE =
      Map.of(
          "model_name_or_path", PLACED,
          "output_dir", PLACED,
          "mixer_list", "is set from finetune.data; remove it",
          "mixer_list_splits", PLACED,
          "local_cache_dir", PLACED,
          "resume_from_checkpoint", PLACED,
          "cache_dataset_only", "would train nothing; remove it");

  static final List<Tool> TRAINERS =
      List.of(
          new Tool("trl", TRL),
          new Tool("trl-dpo", TRL),
          new Tool("open-instruct", OPEN_INSTRUCT),
          new Tool("open-instruct-dpo", OPEN_INSTRUCT),
          new Tool("open-instruct-olmo-core", OLMO_CORE),
          new Tool("command", Map.of()));

  static final List<Tool> HARNESSES =
      List.of(
          new Tool(
              "lm-eval",
              Map.of(
                  "tasks",
                  "is set from task; write it there",
                  "include_path",
                  "is set from include; write it there",
                  "output_path",
                  PLACED,
                  "use_cache",
                  "would give one model another's scores, for the cache does not tell them"
                      + " apart; remove it")),
          new Tool(
              "olmes",
              Map.of(
                  "model", PLACED,
                  "task", "is set from task; write it there",
                  "output_dir", PLACED)),
          new Tool(
              "olmo-eval",
              Map.of(
                  "model", PLACED,
                  "task", "is set from task; write it there",
                  "output", PLACED)),
          new Tool("command", Map.of()));

  static Tool named(List<Tool> tools, String name) {
    return tools.stream().filter(tool -> tool.name().equals(name)).findFirst().orElseThrow();
  }

  static List<String> names(List<Tool> tools) {
    return tools.stream().map(Tool::name).toList();
  }
}
