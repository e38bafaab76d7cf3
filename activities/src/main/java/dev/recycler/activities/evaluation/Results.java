package dev.recycler.activities.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.EvaluationSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the harnesses' flags and results files have in common. */
final class Results {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Results() {}

  static void refuse(EvaluationSpec spec, Set<String> ours) {
    List<String> refused = new Flags(spec.arguments()).among(ours);
    if (!refused.isEmpty()) {
      throw user(
          spec,
          "arguments: %s is set by recycler itself; leave it out"
              .formatted(String.join(", ", refused)));
    }
  }

  static JsonNode json(Path file, String tool) throws IOException {
    try {
      return json(Files.readAllBytes(file), tool, file);
    } catch (NoSuchFileException e) {
      throw missing(tool, file, e);
    }
  }

  static JsonNode json(byte[] text, String tool, Path file) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new StepFailed(FailureKind.TOOL, tool + " left a torn results file: " + file, e);
    }
  }

  static String text(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON", e);
    }
  }

  static double finite(EvaluationSpec spec, String metric, JsonNode value, Path file) {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw new StepFailed(
          FailureKind.TOOL,
          "%s of %s is %s, not a finite number, in %s".formatted(metric, spec.task(), value, file));
    }
    return value.doubleValue();
  }

  static StepFailed missing(String tool, Path file, Throwable cause) {
    return new StepFailed(
        FailureKind.TOOL, tool + " ended with exit code 0 and left no results in " + file, cause);
  }

  static StepFailed noMetric(
      EvaluationSpec spec, String metric, Stream<String> metrics, Path file) {
    String known = metrics.sorted().collect(Collectors.joining(", "));
    return user(
        spec,
        "metric: %s has no metric %s; it has %s (%s)"
            .formatted(spec.task(), metric, known.isEmpty() ? "none" : known, file));
  }

  static StepFailed user(EvaluationSpec spec, String message) {
    return new StepFailed(FailureKind.USER, "evaluate." + spec.name() + "." + message);
  }
}
