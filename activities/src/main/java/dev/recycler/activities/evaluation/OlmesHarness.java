package dev.recycler.activities.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.EvaluationSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Ai2's OLMES. Its rows are aggregates first, then tasks; its scores are fractions. */
record OlmesHarness(Path python) implements Harness {
  static final String NAME = "olmes";

  private static final Set<String> OURS = Set.of("model", "task", "output_dir");
  private static final String FILE = "metrics-all.jsonl";

  @Override
  public String name() {
    return "OLMES";
  }

  @Override
  public void check(EvaluationSpec spec, Path model) {
    Results.refuse(spec, OURS);
    if (model.toString().indexOf('=') >= 0) {
      throw Results.user(
          spec,
          "OLMES takes a model path with = for arguments: %s; move the model or the store"
              .formatted(model));
    }
  }

  @Override
  public List<String> command(EvaluationSpec spec, Path model, Path output) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(python.toString(), "-m", "oe_eval.launch"));
    command.addAll(List.of("--model", model.toString()));
    Flags flags = new Flags(spec.arguments());
    if (!flags.has("model-type")) {
      command.addAll(List.of("--model-type", "hf"));
    }
    command.addAll(List.of("--task", spec.task()));
    command.addAll(List.of("--output-dir", output.toString()));
    flags.addBareTo(command, Set.of());
    return command;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("TOKENIZERS_PARALLELISM", "false", "PYTHONUNBUFFERED", "1");
  }

  @Override
  public Result result(EvaluationSpec spec, Path output) throws IOException {
    Path file = output.resolve(FILE);
    JsonNode row = row(spec, file);
    JsonNode metrics = row.path("metrics");
    String metric =
        spec.metric() == null
            ? row.path("task_config").path("primary_metric").asText("primary_score")
            : spec.metric();
    JsonNode value = metrics.path(metric);
    if (spec.metric() == null && !value.isNumber()) {
      // The primary metric of an aggregate is the way it was averaged.
      value = metrics.path("primary_score");
    }
    if (value.isMissingNode()) {
      throw Results.noMetric(
          spec, metric, metrics.properties().stream().map(Map.Entry::getKey), file);
    }
    long examples = row.path("num_instances").asLong(0);
    if (examples < 1) {
      throw new StepFailed(
          FailureKind.TOOL, "OLMES scored no example of %s; see %s".formatted(spec.task(), file));
    }
    return new Result(
        metric,
        Results.finite(spec, metric, value, file),
        null,
        examples,
        row.path("task_hash").asText(null),
        file);
  }

  private static JsonNode row(EvaluationSpec spec, Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        if (!line.isBlank()) {
          rows.add(Results.json(line.getBytes(StandardCharsets.UTF_8), "OLMES", file));
        }
      }
    } catch (NoSuchFileException e) {
      throw Results.missing("OLMES", file, e);
    }
    Optional<JsonNode> row =
        rows.stream()
            .filter(
                each ->
                    spec.task()
                            .equals(
                                each.path("task_config").path("metadata").path("alias").asText())
                        || spec.task().equals(each.path("task_name").asText()))
            .findFirst();
    if (row.isEmpty() && rows.size() != 1) {
      throw new StepFailed(
          FailureKind.TOOL,
          "OLMES ended with exit code 0, and %s has %d rows, none of them of %s"
              .formatted(file, rows.size(), spec.task()));
    }
    return row.orElseGet(rows::getFirst);
  }
}
