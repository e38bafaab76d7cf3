package dev.recycler.activities.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.EvaluationSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A program of the user's own that scores. It writes {@code scores.json} into its output folder:
 *
 * <pre>
 * {"metrics": {"accuracy": {"value": 0.75, "stderr": 0.02}}, "examples": 200, "version": "2"}
 * </pre>
 *
 * <p>{@code stderr} and {@code version} may be left out; {@code examples} may not.
 */
record CommandHarness(List<String> program) implements Harness {
  static final String NAME = "command";

  private static final String FILE = "scores.json";

  @Override
  public String name() {
    return Path.of(program.getFirst()).getFileName().toString();
  }

  @Override
  public void check(EvaluationSpec spec, Path model) {
    for (String needed : List.of("{model}", "{output}")) {
      if (program.stream().noneMatch(argument -> argument.contains(needed))) {
        throw Results.user(spec, "command: no argument has %s in it".formatted(needed));
      }
    }
  }

  @Override
  public List<String> command(EvaluationSpec spec, Path model, Path output) {
    List<String> command = new ArrayList<>();
    for (String argument : program) {
      command.add(
          argument
              .replace("{model}", model.toString())
              .replace("{task}", spec.task())
              .replace("{output}", output.toString()));
    }
    new Flags(spec.arguments()).addBareTo(command, Set.of());
    return command;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("PYTHONUNBUFFERED", "1");
  }

  @Override
  public Result result(EvaluationSpec spec, Path output) throws IOException {
    Path file = output.resolve(FILE);
    JsonNode all = Results.json(file, name());
    JsonNode metrics = all.path("metrics");
    List<String> known = metrics.properties().stream().map(Map.Entry::getKey).toList();
    String metric =
        spec.metric() != null ? spec.metric() : known.isEmpty() ? "any" : known.getFirst();
    if (!known.contains(metric)) {
      throw Results.noMetric(spec, metric, known.stream(), file);
    }
    JsonNode score = metrics.path(metric);
    double value = Results.finite(spec, metric, score.path("value"), file);
    JsonNode error = score.path("stderr");
    long examples = all.path("examples").asLong(0);
    if (examples < 1) {
      throw new StepFailed(
          FailureKind.TOOL, "%s does not say how many examples were scored".formatted(file));
    }
    return new Result(
        metric,
        value,
        error.isNumber() ? error.doubleValue() : null,
        examples,
        all.path("version").asText(null),
        file);
  }
}
