package dev.recycler.cli.series;

import dev.recycler.activities.store.LineageGraph;
import dev.recycler.workflows.progress.StepProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where the log of a step lies that does not run any more. */
final class StepLogs {
  private static final Pattern IN_FAILURE = Pattern.compile("\\blog: (/.*\\S)");

  private StepLogs() {}

  /** The log of the last attempt, if the step kept one. */
  static Optional<Path> of(StepProgress step) throws IOException {
    if (step.failure() != null) {
      Matcher named = IN_FAILURE.matcher(step.failure());
      if (named.find()) {
        return Optional.of(Path.of(named.group(1)));
      }
    }
    if (step.path() == null) {
      return Optional.empty();
    }
    Path logs = artifact(step).resolve("logs");
    if (!Files.isDirectory(logs)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(logs)) {
      return files.max(Comparator.comparingInt(StepLogs::attempt).thenComparing(Path::toString));
    }
  }

  /** The folder that the step made: a score lies somewhere within it. */
  private static Path artifact(StepProgress step) {
    Path path = Path.of(step.path());
    return step.score() == null ? path : LineageGraph.madeIn(path).orElse(path);
  }

  private static int attempt(Path log) {
    String digits = log.getFileName().toString().replaceAll("\\D", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }
}
