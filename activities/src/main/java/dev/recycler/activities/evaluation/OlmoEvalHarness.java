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
 * Ai2's olmo-eval. It reports success also where every request failed, so its list of errors is
 * read first. A metric is written {@code metric,scorer}.
 */
record OlmoEvalHarness(Path python) implements Harness {
  static final String NAME = "olmo-eval";

  private static final Set<String> OURS = Set.of("model", "m", "task", "t", "output", "o");

  @Override
  public String name() {
    return "olmo-eval";
  }

  @Override
  public void check(EvaluationSpec spec, Path model) {
    Results.refuse(spec, OURS);
  }

  @Override
  public List<String> command(EvaluationSpec spec, Path model, Path output) {
    List<String> command = new ArrayList<>();
    command.add(python.resolveSibling("olmo-eval").toString());
    command.addAll(List.of("run", "-m", model.toString(), "-t", spec.task()));
    command.addAll(List.of("-O", output.toString()));
    new Flags(spec.arguments()).addBareTo(command, Set.of());
    return command;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("TOKENIZERS_PARALLELISM", "false", "PYTHONUNBUFFERED", "1");
  }

  @Override
  public Result result(EvaluationSpec spec, Path output) throws IOException {
    Path file = output.resolve("metrics.json");
    JsonNode all = Results.json(file, "olmo-eval");
    JsonNode errors = all.path("errors");
    if (!errors.isEmpty()) {
      throw new StepFailed(
          FailureKind.TOOL,
          "olmo-eval ended with exit code 0 and names %d errors, the first: %s; see %s"
              .formatted(errors.size(), brief(errors.get(0)), file));
    }
    JsonNode task = task(spec, all.path("tasks"), file);
    List<String> known = new ArrayList<>();
    task.path("metrics")
        .properties()
        .forEach(
            metric ->
                metric
                    .getValue()
                    .fieldNames()
                    .forEachRemaining(scorer -> known.add(metric.getKey() + "," + scorer)));
    String primary = task.path("primary_metric").asText("");
    String metric =
        spec.metric() != null
            ? spec.metric()
            : known.stream()
                .filter(each -> each.startsWith(primary + ","))
                .findFirst()
                .orElse(primary);
    if (!known.contains(metric)) {
      throw Results.noMetric(spec, metric, known.stream(), file);
    }
    int comma = metric.indexOf(',');
    JsonNode value =
        task.path("metrics").path(metric.substring(0, comma)).path(metric.substring(comma + 1));
    long examples = task.path("num_instances").asLong(0);
    if (examples < 1) {
      throw new StepFailed(
          FailureKind.TOOL,
          "olmo-eval scored no example of %s; see %s".formatted(spec.task(), file));
    }
    return new Result(
        metric, Results.finite(spec, metric, value, file), null, examples, null, file);
  }

  private static JsonNode task(EvaluationSpec spec, JsonNode tasks, Path file) {
    for (JsonNode task : tasks) {
      if (spec.task().equals(task.path("task").asText())) {
        return task;
      }
    }
    if (tasks.size() == 1) {
      return tasks.get(0);
    }
    throw new StepFailed(
        FailureKind.TOOL,
        "olmo-eval ended with exit code 0, and %s has %d tasks, none of them %s"
            .formatted(file, tasks.size(), spec.task()));
  }

  private static String brief(JsonNode error) {
    String text = error.isTextual() ? error.asText() : error.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
