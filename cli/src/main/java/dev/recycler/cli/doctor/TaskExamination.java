package dev.recycler.cli.doctor;

import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether lm-evaluation-harness knows the tasks of a series file, by its own word. */
final class TaskExamination {
  private static final String HARNESS = "lm-eval";

  /** What its {@code validate} says before the names of those that it does not know. */
  private static final String MISSING = "Tasks not found: ";

  private record Place(Path python, List<String> include) {}

  private TaskExamination() {}

  /**
   * One finding for each environment that lacks some.
   *
   * @param locked Python of the locked environment, for evaluations without one of their own
   */
  static List<Finding> of(SeriesSpec spec, Path locked) throws InterruptedException {
    Map<Place, Set<String>> asked = new LinkedHashMap<>();
    for (EvaluationSpec evaluation : spec.evaluate()) {
      // A pattern names whatever there is.
      if (evaluation.harness().equals(HARNESS) && !evaluation.task().contains("*")) {
        Path python = evaluation.python() == null ? locked : Path.of(evaluation.python());
        asked
            .computeIfAbsent(new Place(python, evaluation.include()), _ -> new LinkedHashSet<>())
            .add(evaluation.task());
      }
    }
    List<Finding> findings = new ArrayList<>();
    for (Map.Entry<Place, Set<String>> each : asked.entrySet()) {
      Set<String> missing = missing(each.getKey(), each.getValue());
      if (!missing.isEmpty()) {
        findings.add(
            Finding.fail(
                HARNESS,
                "knows no task " + String.join(", ", missing),
                "'%s -m lm_eval ls tasks' lists those it has; one of your own needs include:."
                    .formatted(each.getKey().python())));
      }
    }
    return findings;
  }

  private static Set<String> missing(Place place, Set<String> tasks) throws InterruptedException {
    List<String> folders = place.include().isEmpty() ? List.of("") : place.include();
    Set<String> missing = new LinkedHashSet<>(tasks);
    for (String folder : folders) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  place.python().toString(),
                  "-m",
                  "lm_eval",
                  "validate",
                  "--tasks",
                  String.join(",", tasks)));
      if (!folder.isEmpty()) {
        command.addAll(List.of("--include_path", folder));
      }
      missing.retainAll(notFound(command));
    }
    return missing;
  }

  /** None where it does not answer, or is of a version without this question. */
  private static Set<String> notFound(List<String> command) throws InterruptedException {
    try {
      for (String line : ToolExamination.output(command)) {
        int said = line.indexOf(MISSING);
        if (said >= 0) {
          return Set.of(line.substring(said + MISSING.length()).strip().split(",\\s*"));
        }
      }
      return Set.of();
    } catch (IOException e) {
      // That it cannot be started is told of it as a tool.
      return Set.of();
    }
  }
}
