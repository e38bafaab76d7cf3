package dev.recycler.activities.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.evaluation.Harness.Result;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is run for each harness, and what is read from the files that it leaves. */
class HarnessResultsTest {
  private static final Path RECORDED =
      Path.of(
          System.getProperty("recycler.checkout"),
          "activities/src/test/resources/dev/recycler/activities/evaluation");
  private static final Path PYTHON = Path.of("/opt/tools/bin/python");
  private static final Path MODEL = Path.of("/store/a model");

  @TempDir Path output;

  @Test
  void olmesGivesTheRowOfTheTaskAndNotTheAggregate() throws Exception {
    put("olmes-metrics-all.jsonl", "metrics-all.jsonl");
    Path file = output.resolve("metrics-all.jsonl");

    assertThat(result(spec("olmes", "gsm8k::tulu", null)))
        .isEqualTo(new Result("exact_match", 0.7513, null, 1319, "5c1d", file));
    assertThat(result(spec("olmes", "gsm8k::tulu", "exact_match_flex")).value()).isEqualTo(0.7604);
    assertThat(result(spec("olmes", "gsm8k::suite", null)))
        .isEqualTo(new Result("macro", 0.61, null, 1419, "0f", file));
  }

  @Test
  void olmesResultsThatAreNotThoseAskedForAreNamed() throws Exception {
    refused(spec("olmes", "gsm8k::tulu", null), "OLMES ended with exit code 0 and left no results");
    put("olmes-metrics-all.jsonl", "metrics-all.jsonl");
    refused(spec("olmes", "mmlu", null), "has 3 rows, none of them of mmlu");
    refused(
        spec("olmes", "gsm8k::tulu", "acc"),
        "has no metric acc; it has exact_match, exact_match_flex, primary_score");
    refused(
        spec("olmes", "arithmetic::tiny", null), "acc of arithmetic::tiny is null, not a finite");
  }

  @Test
  void olmesIsRunAsAModule() {
    EvaluationSpec spec = spec("olmes", "gsm8k::tulu", null, Map.of("batch-size", "8"), List.of());

    assertThat(harness(spec).command(spec, MODEL, output))
        .containsExactly(
            "/opt/tools/bin/python",
            "-m",
            "oe_eval.launch",
            "--model",
            "/store/a model",
            "--model-type",
            "hf",
            "--task",
            "gsm8k::tulu",
            "--output-dir",
            output.toString(),
            "--batch-size",
            "8");
    assertThatThrownBy(() -> harness(spec).check(spec, Path.of("/a=b/model")))
        .hasMessageContaining("OLMES takes a model path with = for arguments");
  }

  @Test
  void olmoEvalGivesTheScorerOfThePrimaryMetric() throws Exception {
    put("olmo-eval-metrics.json", "metrics.json");

    assertThat(result(spec("olmo-eval", "gsm8k", null)))
        .isEqualTo(
            new Result(
                "accuracy,exact_match",
                0.42,
                null,
                1319,
                "0092abc3b92e9ad2",
                output.resolve("metrics.json")));
    assertThat(result(spec("olmo-eval", "gsm8k", "accuracy,lenient")).value()).isEqualTo(0.5);
    refused(
        spec("olmo-eval", "gsm8k", "f1,x"),
        "gsm8k has no metric f1,x; it has accuracy,exact_match");
    refused(spec("olmo-eval", "mbpp", null), "olmo-eval scored no example of mbpp");
    refused(spec("olmo-eval", "mmlu", null), "has 2 tasks, none of them mmlu");
  }

  @Test
  void olmoEvalsErrorsAreAFailureThoughItReportsSuccess() throws Exception {
    Files.writeString(
        output.resolve("metrics.json"),
        Files.readString(RECORDED.resolve("olmo-eval-metrics.json"))
            .replace("\"errors\": []", "\"errors\": [\"all 1319 requests failed\"]"));

    refused(
        spec("olmo-eval", "gsm8k", null), "names 1 errors, the first: all 1319 requests failed");
  }

  @Test
  void olmoEvalIsRunByItsOwnProgram() {
    EvaluationSpec spec = spec("olmo-eval", "gsm8k", null);
    assertThat(harness(spec).command(spec, MODEL, output))
        .containsExactly(
            "/opt/tools/bin/olmo-eval",
            "run",
            "-m",
            "/store/a model",
            "-t",
            "gsm8k",
            "-O",
            output.toString());
  }

  @Test
  void olmoEvalGetsEachOverrideBesideWhatItIsFor() {
    EvaluationSpec spec =
        spec(
            "olmo-eval",
            "gsm8k",
            null,
            Map.of(
                "num-gpus",
                "2",
                "harness-override",
                "provider.kind=hf",
                "harness",
                "default",
                "override",
                "limit=100 num_fewshot=0"),
            List.of());
    assertThat(harness(spec).command(spec, MODEL, output))
        .containsExactly(
            "/opt/tools/bin/olmo-eval",
            "run",
            "-m",
            "/store/a model",
            "-t",
            "gsm8k",
            "-o",
            "limit=100",
            "-o",
            "num_fewshot=0",
            "--harness",
            "default",
            "-o",
            "provider.kind=hf",
            "-O",
            output.toString(),
            "--num-gpus",
            "2");
  }

  @Test
  void aProgramOfTheUsersOwnWritesASmallFile() throws Exception {
    EvaluationSpec spec =
        spec(
            "command",
            "sums",
            null,
            Map.of(),
            List.of("/opt/score", "--from={model}", "{task}", "a b; $(c)", "{output}"));
    assertThat(harness(spec).command(spec, MODEL, output))
        .containsExactly(
            "/opt/score", "--from=/store/a model", "sums", "a b; $(c)", output.toString());
    Path file = output.resolve("scores.json");
    refused(spec, "score ended with exit code 0 and left no results in " + file);

    Files.writeString(
        file,
        "{\"metrics\": {\"acc\": {\"value\": 0.5, \"stderr\": 0.1}, \"f1\": {\"value\": 1}},"
            + " \"examples\": 40, \"version\": \"2\"}");
    assertThat(result(spec)).isEqualTo(new Result("acc", 0.5, 0.1, 40, "2", file));

    Files.writeString(file, "{\"metrics\": {\"acc\": {\"value\": 0.5}}}");
    refused(spec, "does not say how many examples were scored");
    Files.writeString(file, "{\"metrics\": {}, \"examples\": 40}");
    refused(spec, "sums has no metric any; it has none");
    Files.writeString(file, "{\"metrics\": ");
    refused(spec, "left a torn results file");
  }

  @Test
  void aProgramThatIsNotToldTheModelIsRefused() {
    EvaluationSpec spec = spec("command", "sums", null, Map.of(), List.of("score", "{output}"));
    assertThatThrownBy(() -> harness(spec).check(spec, MODEL))
        .hasMessage("evaluate.score.command: no argument has {model} in it");
  }

  private void put(String recorded, String name) throws IOException {
    Files.copy(RECORDED.resolve(recorded), output.resolve(name));
  }

  private Result result(EvaluationSpec spec) throws IOException {
    return harness(spec).result(spec, output);
  }

  private void refused(EvaluationSpec spec, String words) {
    assertThatThrownBy(() -> result(spec))
        .isInstanceOf(StepFailed.class)
        .hasMessageContaining(words);
  }

  private static Harness harness(EvaluationSpec spec) {
    return Harness.of(spec, new ToolHome(PYTHON, Path.of("/scripts")));
  }

  private static EvaluationSpec spec(String harness, String task, String metric) {
    return spec(harness, task, metric, Map.of(), List.of());
  }

  private static EvaluationSpec spec(
      String harness,
      String task,
      String metric,
      Map<String, String> arguments,
      List<String> command) {
    return new EvaluationSpec(
        "score",
        harness,
        null,
        task,
        metric,
        List.of(),
        List.of(),
        Set.of(Subject.BASE),
        new LinkedHashMap<>(arguments),
        Map.of(),
        1,
        command,
        List.of());
  }
}
