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
 * Ai2's olmo-eval, as of version 1.0. It reports success also where every request failed, so its
 * list of errors is read first. A metric is written {@code metric,scorer}. The arguments {@code
 * override} and {@code harness-override} hold overrides of the task and of the harness, with blanks
 * between them.
 */
record OlmoEvalHarness(Path python) implements Harness {
  static final String NAME = "olmo-eval";

  private static final Set<String> OURS = Set.of("model", "m", "task", "t", "output-dir", "O");

  private static final String OVERRIDE = "override";
  private static final String HARNESS = "harness";
  private static final String HARNESS_OVERRIDE = "harness-override";

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
    var flags = new Flags(spec.arguments());
    override(command, flags, OVERRIDE);
    flags.value(HARNESS).ifPresent(preset -> command.addAll(List.of("--" + HARNESS, preset)));
    override(command, flags, HARNESS_OVERRIDE);
    command.addAll(List.of("-O", output.toString()));
    flags.without(Set.of(OVERRIDE, HARNESS, HARNESS_OVERRIDE)).addBareTo(command, Set.of());
    return command;
  }

  /** olmo-eval takes an override a time, for the task or harness that was named last. */
  private static void override(List<String> command, Flags flags, String name) {
    for (String each : flags.value(name).orElse("").strip().split("\\s+", -1)) {
      if (!each.isEmpty()) {
        command.addAll(List.of("-o", each));
      }
    }
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
    // Named METRIC:SCORER there, by versions before mid-2026 METRIC alone.
    String primary = task.path("primary_metric").asText("").replaceFirst(":", ",");
    String metric =
        spec.metric() != null
            ? spec.metric()
            : known.stream()
                .filter(each -> each.equals(primary) || each.startsWith(primary + ","))
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
        metric,
        Results.finite(spec, metric, value, file),
        null,
        examples,
        task.path("task_hash").asText(null),
        file);
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
