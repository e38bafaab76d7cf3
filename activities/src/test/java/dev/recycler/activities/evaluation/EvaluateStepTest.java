package dev.recycler.activities.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.activities.process.LogReader;
import dev.recycler.activities.process.Slots;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.Score;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With a shell script in the place of Python that leaves recorded results of lm-eval. */
class EvaluateStepTest {
  private static final Path RECORDED =
      Path.of(
          System.getProperty("recycler.checkout"),
          "activities/src/test/resources/dev/recycler/activities/evaluation");

  private static final String SCRIPT =
      """
      #!/bin/sh
      while [ $# -gt 0 ]; do
        case "$1" in --output_path) out=$2; shift;; esac
        shift
      done
      cat '%s/lm-eval-0.4.13.log'
      mkdir -p "$out/model"
      results="$out/model/results_2026-11-21T12-13-23.617593.json"
      case "$WRONG" in
        nothing) exit 0;;
        torn) head -c 200 '%s/lm-eval-0.4.13.json' > "$results"; exit 0;;
        short) sed 's/"effective": 40/"effective": 12/' '%s/lm-eval-0.4.13.json' > "$results";;
        nan) sed 's/: 0.075,/: "nan",/' '%s/lm-eval-0.4.13.json' > "$results";;
        failed) echo "ValueError: Tasks not found: word_problem"; exit 1;;
        *) cp '%s/lm-eval-0.4.13.json' "$results";;
      esac
      echo "{}" > "$out/model/samples_word_problems.jsonl"
      """
          .replace("%s", RECORDED.toString());

  @TempDir Path folder;
  private ToolHome tools;

  @BeforeEach
  void makeHarness() throws IOException {
    Path script = folder.resolve("python");
    Files.writeString(script, SCRIPT);
    script.toFile().setExecutable(true);
    tools = new ToolHome(script, folder);
  }

  @Test
  void theScoreComesFromTheResultsFileAndIsKeptWithIt() throws Exception {
    Score score = run(spec("", null, Map.of()));

    assertThat(score)
        .isEqualTo(
            new Score(
                "words",
                "word_problems",
                "exact_match,final-answer",
                0.075,
                0.04217636961434867,
                40,
                "lm-eval 0.4.13",
                "1",
                score.resultsFile(),
                false));
    Path file = Path.of(score.resultsFile());
    assertThat(file).hasSameTextualContentAs(RECORDED.resolve("lm-eval-0.4.13.json"));
    Path artifact = file.getParent().getParent().getParent();
    assertThat(artifact.resolve("score.json")).content().contains("0.075");
    assertThat(artifact.resolve("raw/model/samples_word_problems.jsonl")).exists();
    assertThat(artifact.resolve("logs/attempt-1.log")).content().contains("generate_until");

    Score again = run(spec("", null, Map.of()));
    assertThat(again.reused()).isTrue();
    assertThat(again.value()).isEqualTo(score.value());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing|TOOL|lm-eval ended with exit code 0 and left no results in",
        "torn|TOOL|lm-eval left a torn results file",
        "short|TOOL|lm-eval scored 12 of 40 examples of word_problems",
        "nan|TOOL|exact_match,final-answer of word_problems is \"nan\", not a finite number",
        "failed|USER|not found — ValueError: Tasks not found: word_problem",
      })
  void aFailureIsNamedForWhatItIs(String wrong, FailureKind kind, String words) {
    StepFailed failure =
        catchThrowableOfType(StepFailed.class, () -> run(spec(wrong, null, Map.of())));

    assertThat(failure).hasMessageContaining(words);
    assertThat(failure.kind()).isEqualTo(kind);
  }

  @Test
  void aMetricThatIsNotThereIsTheUsersMistake() {
    assertThatThrownBy(() -> run(spec("", "acc,none", Map.of())))
        .isInstanceOfSatisfying(
            StepFailed.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.USER))
        .hasMessageContaining(
            "evaluate.words.metric: word_problems has no metric acc,none; it has"
                + " exact_match,final-answer");
  }

  @Test
  void aLimitThatTheUserSetIsNotAShortResult() throws Exception {
    assertThat(run(spec("short", null, Map.of("limit", "12"))).examples()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource({"tasks", "output_path", "use_cache", "include-path"})
  void argumentsOfTheOrchestratorAreRefused(String flag) {
    assertThatThrownBy(() -> run(spec("", null, Map.of(flag, "x"))))
        .isInstanceOfSatisfying(
            StepFailed.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.USER))
        .hasMessageContaining("evaluate.words.arguments: " + flag);
  }

  @Test
  void theCommandHoldsTheUsersFlagsAndAFreshOutput() {
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put("model_args", "dtype=float32");
    arguments.put("batch_size", "64");
    arguments.put("log_samples", "true");
    arguments.put("apply_chat_template", "false");
    arguments.put("fewshot_as_multiturn", "false");

    assertThat(
            new LmEvalHarness(List.of("/venv/bin/python", "-m", "lm_eval"))
                .command(spec("", null, arguments), Path.of("/m 1"), Path.of("/o")))
        .containsExactly(
            "/venv/bin/python",
            "-m",
            "lm_eval",
            "run",
            "--model",
            "hf",
            "--model_args",
            "pretrained=/m 1,dtype=float32",
            "--tasks",
            "word_problems",
            "--include_path",
            "/series/tasks",
            "--output_path",
            "/o",
            "--batch_size",
            "64",
            "--log_samples",
            "--fewshot_as_multiturn",
            "false");
  }

  @Test
  void aModelPathWithACommaReachesItWhole() {
    assertThat(
            new LmEvalHarness(List.of("lm_eval"))
                .command(
                    spec("", null, Map.of("model_args", "dtype=float32")),
                    Path.of("/m, [1] \"x\""),
                    Path.of("/o")))
        .containsSubsequence(
            "--model_args",
            "{\"pretrained\":\"/m, [1] \\\"x\\\"\"}",
            "--model_args",
            "dtype=float32",
            "--tasks");
  }

  @Test
  void recordedOutputTellsHowManyRequestsAreDone() throws Exception {
    ScoringLog log = new ScoringLog();
    new LogReader(RECORDED.resolve("lm-eval-0.4.13.log")).finish(log::accept);

    assertThat(log.bar().done()).isEqualTo(40);
    assertThat(log.bar().total()).isEqualTo(40);
    assertThat(log.bar().perSecond()).isEqualTo(71.0);
  }

  private EvaluationSpec spec(String wrong, String metric, Map<String, String> arguments) {
    return new EvaluationSpec(
        "words",
        "lm-eval",
        null,
        "word_problems",
        metric,
        List.of("/series/tasks"),
        List.of(),
        Set.of(Subject.BASE),
        arguments,
        Map.of("WRONG", wrong));
  }

  private Score run(EvaluationSpec spec) throws IOException, InterruptedException {
    return new EvaluateStep(
            tools, new ToolHost(Slots.cpu(1, folder.resolve("devices")), false), new FindOrMake())
        .run(
            new EvaluateInput(
                new StepContext("series", "M1.base.words", folder.resolve("store").toString()),
                new Artifact(
                    folder.resolve("M 1").toString(), "digest of M1", "fingerprint of M1", false),
                spec,
                new Pins(
                    Map.of("/series/tasks", "digest of tasks"),
                    Map.of("lm-eval@", "lm-eval 0.4.13, torch 2.15.0"))),
            new StepMonitor() {
              @Override
              public void report(Heartbeat heartbeat) {
                assertThat(heartbeat.step()).isEqualTo("M1.base.words");
              }

              @Override
              public String execution() {
                return "one";
              }

              @Override
              public String host() {
                return "here";
              }
            });
  }
}
