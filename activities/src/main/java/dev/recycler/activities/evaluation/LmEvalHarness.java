package dev.recycler.activities.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.EvaluationSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * EleutherAI's lm-evaluation-harness.
 *
 * @param start program and arguments before {@code run}
 */
record LmEvalHarness(List<String> start) implements Harness {
  static final String NAME = "lm-eval";

  private static final Pattern ODD = Pattern.compile("[,\\[\\](){}\"']");
  private static final String STARTER = "lm_eval_local.py";
  private static final Set<String> OURS =
      Set.of("tasks", "include_path", "output_path", "config", "use_cache", "predict_only");

  /** Flags that take no value, which a {@code false} leaves out. */
  private static final Set<String> BARE =
      Set.of(
          "log_samples",
          "write_out",
          "show_config",
          "check_integrity",
          "apply_chat_template",
          "trust_remote_code",
          "confirm_run_unsafe_code");

  static LmEvalHarness of(Path python, ToolHome tools) {
    Path starter = tools.scripts().resolve(STARTER);
    // The starter saves half of the start-up for local tasks and fails where nothing was saved.
    return new LmEvalHarness(
        Files.exists(starter)
            ? List.of(python.toString(), starter.toString())
            : List.of(python.toString(), "-m", "lm_eval"));
  }

  @Override
  public String name() {
    return "lm-eval";
  }

  @Override
  public void check(EvaluationSpec spec, Path model) {
    Flags flags = new Flags(spec.arguments());
    List<String> refused = flags.among(OURS);
    if (!refused.isEmpty()) {
      throw Results.user(
          spec,
          "arguments: %s cannot be used here (recycler sets tasks, paths and output itself, and lm-eval's cache mixes up models); leave it out"
              .formatted(String.join(", ", refused)));
    }
    if (flags.value("model_args").orElse("").contains("pretrained=")) {
      throw Results.user(
          spec, "arguments.model_args: pretrained is set by recycler itself; leave it out");
    }
  }

  @Override
  public List<String> command(EvaluationSpec spec, Path model, Path output) {
    List<String> command = new ArrayList<>(start);
    command.add("run");
    Flags flags = new Flags(spec.arguments());
    if (!flags.has("model")) {
      command.addAll(List.of("--model", "hf"));
    }
    addModel(command, model.toString(), flags.value("model_args").orElse(""));
    command.addAll(List.of("--tasks", spec.task()));
    for (String folder : spec.include()) {
      command.addAll(List.of("--include_path", folder));
    }
    command.addAll(List.of("--output_path", output.toString()));
    flags.without(Set.of("model_args")).addBareTo(command, BARE);
    return command;
  }

  /**
   * A path with commas, brackets or quotes reaches it whole as JSON, which it takes since 0.4.9.
   */
  private static void addModel(List<String> command, String model, String more) {
    if (ODD.matcher(model).find()) {
      String json = Results.text(Map.of("pretrained", model));
      command.addAll(List.of("--model_args", json));
      if (!more.isEmpty()) {
        command.addAll(List.of("--model_args", more));
      }
    } else {
      command.addAll(
          List.of("--model_args", "pretrained=" + model + (more.isEmpty() ? "" : "," + more)));
    }
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("TOKENIZERS_PARALLELISM", "false", "PYTHONUNBUFFERED", "1");
  }

  @Override
  public Result result(EvaluationSpec spec, Path output) throws IOException {
    Path file = resultsFile(output);
    JsonNode all = Results.json(file, "lm-eval");
    JsonNode task = all.path("results").path(spec.task());
    if (!task.isObject()) {
      throw new StepFailed(
          FailureKind.TOOL,
          "lm-eval ended with exit code 0, but " + file + " has no results of " + spec.task());
    }
    String metric = metric(spec, task, file);
    double value = Results.finite(spec, metric, task.path(metric), file);
    String version = all.path("versions").path(spec.task()).asText(null);
    return new Result(
        metric, value, standardError(task, metric), examples(spec, all, file), version, file);
  }

  private static Path resultsFile(Path output) throws IOException {
    try (Stream<Path> files = Files.walk(output)) {
      List<Path> found =
          files
              .filter(file -> file.getFileName().toString().matches("results_.*\\.json"))
              .sorted()
              .toList();
      if (found.isEmpty()) {
        throw new StepFailed(
            FailureKind.TOOL, "lm-eval ended with exit code 0 and left no results in " + output);
      }
      return found.getLast();
    }
  }

  private static String metric(EvaluationSpec spec, JsonNode task, Path file) {
    Set<String> metrics = new TreeSet<>();
    String first = null;
    for (Map.Entry<String, JsonNode> entry : task.properties()) {
      String key = entry.getKey();
      if (key.indexOf(',') >= 0 && !key.contains("_stderr,")) {
        metrics.add(key);
        first = first == null ? key : first;
      }
    }
    if (spec.metric() == null && first != null) {
      return first;
    }
    if (spec.metric() != null && metrics.contains(spec.metric())) {
      return spec.metric();
    }
    throw Results.noMetric(spec, spec.metric(), metrics.stream(), file);
  }

  private static Double standardError(JsonNode task, String metric) {
    int comma = metric.indexOf(',');
    JsonNode error = task.path(metric.substring(0, comma) + "_stderr" + metric.substring(comma));
    return error.isNumber() && Double.isFinite(error.doubleValue()) ? error.doubleValue() : null;
  }

  private static long examples(EvaluationSpec spec, JsonNode all, Path file) {
    JsonNode counts = all.path("n-samples").path(spec.task());
    long original = counts.path("original").asLong(-1);
    long effective = counts.path("effective").asLong(-1);
    boolean limited = !new Flags(spec.arguments()).among(Set.of("limit", "samples")).isEmpty();
    if (effective < 1 || (!limited && effective < original)) {
      throw new StepFailed(
          FailureKind.TOOL,
          "lm-eval scored %s of %s examples of %s; see %s"
              .formatted(
                  effective < 0 ? "an unknown number" : effective, original, spec.task(), file));
    }
    return effective;
  }
}
