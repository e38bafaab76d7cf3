package dev.recycler.activities.evaluation;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.workflows.spec.EvaluationSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What is particular to one harness. */
sealed interface Harness permits CommandHarness, LmEvalHarness, OlmesHarness, OlmoEvalHarness {

  /** The harness of an evaluation. */
  static Harness of(EvaluationSpec spec, ToolHome tools) {
    Path python = spec.python() == null ? tools.python() : Path.of(spec.python());
    return switch (spec.harness()) {
      case LmEvalHarness.NAME -> LmEvalHarness.of(python, tools);
      case OlmesHarness.NAME -> new OlmesHarness(python);
      case OlmoEvalHarness.NAME -> new OlmoEvalHarness(python);
      case CommandHarness.NAME -> new CommandHarness(spec.command());
      default ->
          throw Results.user(
              spec,
              "harness: there is no harness \"%s\"; write lm-eval, olmes, olmo-eval or command"
                  .formatted(spec.harness()));
    };
  }

  /** Its name for people. */
  String name();

  /**
   * Refuses what only the orchestrator may set and what would give wrong scores.
   *
   * @throws StepFailed of kind USER
   */
  void check(EvaluationSpec spec, Path model);

  /**
   * Program and arguments.
   *
   * @param output fresh folder for the results of this attempt alone: harnesses take results that
   *     they find there for their own
   */
  List<String> command(EvaluationSpec spec, Path model, Path output);

  /** Variables that it needs; the evaluation's own win. */
  Map<String, String> environment();

  /**
   * Reads the score that was asked for.
   *
   * @throws StepFailed where the results are missing, are not those asked for or are short
   */
  Result result(EvaluationSpec spec, Path output) throws IOException;

  /**
   * A score as the harness gives it.
   *
   * @param metric the harness's key of the metric
   * @param standardError or null
   * @param examples how many were scored
   * @param taskVersion or null
   * @param file the results file
   */
  record Result(
      String metric,
      double value,
      Double standardError,
      long examples,
      String taskVersion,
      Path file) {}
}
