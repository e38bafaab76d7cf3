package dev.recycler.workflows.spec;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A YAML file of settings other than a series, read in the same way: its mistakes are told all at
 * once, with line, key and remedy.
 *
 * @param settings what was read, where nothing is wrong
 * @param problems everything that is wrong, in the order of the file
 */
public record SettingsFile<T>(Optional<T> settings, List<Problem> problems) {
  public SettingsFile {
    problems = List.copyOf(problems);
  }

  /**
   * Reads the text of a file.
   *
   * @param fileName name of the file for messages
   * @param reader makes settings of the file's root; where it gives nothing, it has left a problem
   */
  public static <T> SettingsFile<T> parse(
      String text,
      String fileName,
      Surroundings surroundings,
      Function<Value, Optional<T>> reader) {
    Problems problems = new Problems(fileName);
    Optional<T> settings =
        YamlText.compose(text, problems)
            .flatMap(node -> reader.apply(new Value(node, "", problems, surroundings)));
    return new SettingsFile<>(problems.none() ? settings : Optional.empty(), problems.inOrder());
  }
}
