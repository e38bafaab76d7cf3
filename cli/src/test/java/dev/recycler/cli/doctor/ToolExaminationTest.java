package dev.recycler.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.doctor.Finding.Verdict;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a script in the place of Python. */
class ToolExaminationTest {
  @TempDir Path folder;

  @Test
  void aToolThatCanBeUsedIsToldWithItsVersions() throws Exception {
    python("[]", 2);
    assertThat(examined("trl", Map.of("learning_rate", "1", "max_steps", "2"), 2))
        .isEqualTo(Finding.ok("trl", "trl 1.16.0; Python 3.12.1; torch sees 2 GPUs"));
  }

  @Test
  void whatCannotBeImportedIsNamed() throws Exception {
    python("[\"trl: ModuleNotFoundError: No module named 'trl'\"]", 0);
    Finding finding = examined("trl", Map.of(), 1);
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.found()).endsWith("trl: ModuleNotFoundError: No module named 'trl'");
    assertThat(finding.remedy()).startsWith("Install what is missing there");
  }

  @Test
  void aFlagThatItDoesNotKnowIsNamed() throws Exception {
    python("[]", 0);
    Finding finding = examined("trl", Map.of("learning_rat3", "1"), 1);
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.found()).isEqualTo("does not know --learning_rat3 in the version there");
  }

  @Test
  void aPartOfAFlagIsNoFlagButANegationIs() throws Exception {
    python("[]", 0);
    assertThat(examined("trl", Map.of("learning", "1", "no_max_steps", "true"), 1).found())
        .isEqualTo("does not know --learning in the version there");
  }

  @Test
  void flagsOfACheckoutAreTheFieldsOfItsSources() throws Exception {
    python("[]", 0);
    Path sources = Files.createDirectories(folder.resolve("open_instruct"));
    Files.writeString(
        sources.resolve("finetune.py"),
        """
        class Arguments:
            max_train_steps: int | None = None
            # the rate in words
        parser.add_argument("--with_tracking")
        """);
    assertThat(
            examined(
                    "open-instruct",
                    folder.toString(),
                    Map.of("max_train_steps", "1", "with-tracking", "true", "rate", "1"),
                    1)
                .found())
        .isEqualTo("does not know --rate in the version there");
  }

  @Test
  void tooFewGpusAreAWarningForAnotherWorkerMayHaveThem() throws Exception {
    python("[]", 1);
    assertThat(examined("trl", Map.of(), 4).verdict()).isEqualTo(Verdict.WARN);
  }

  @Test
  void trlWithoutAGpuHasToBeToldSo() throws Exception {
    python("[]", 0);
    assertThat(examined("trl", Map.of("max_steps", "1"), 1))
        .isEqualTo(
            Finding.warn(
                "trl",
                "trl 1.16.0; Python 3.12.1; torch sees no GPU, and it trains on a CPU only where it"
                    + " is told to",
                "Write use_cpu: true and bf16: false under finetune.arguments, or have a worker with"
                    + " a GPU run it."));
    assertThat(examined("trl", Map.of("use_cpu", "false"), 1).verdict()).isEqualTo(Verdict.WARN);
    assertThat(examined("trl", Map.of("use-cpu", "true"), 1))
        .isEqualTo(Finding.ok("trl", "trl 1.16.0; Python 3.12.1; torch sees no GPU"));
  }

  @Test
  void aPythonThatIsNotThereOrIsNoneIsNamed() throws Exception {
    assertThat(examined("trl", Map.of(), 1).found()).endsWith("cannot be started");
    script("echo hello");
    assertThat(examined("trl", Map.of(), 1).found()).endsWith("does not answer");
  }

  @Test
  void aTaskThatTheHarnessDoesNotKnowIsNamed() throws Exception {
    script(
        """
        if [ "$1" = -c ]; then
          echo 'examined {"python": "3.12.1", "versions": ["lm-eval 0.4.13"], "broken": [], "gpus": 0}'
        elif [ "$3" = validate ] && [ "$7" = /tasks/a ]; then
          echo 'Tasks not found: gsm9k, sums'
        elif [ "$3" = validate ]; then
          echo 'Tasks not found: gsm9k'
        fi
        """);
    assertThat(tasks(List.of(), "gsm9k", "arc_*"))
        .containsExactly(
            Finding.fail(
                "lm-eval",
                "knows no task gsm9k",
                "'%s -m lm_eval ls tasks' lists those it has; one of your own needs include:."
                    .formatted(folder.resolve("python"))));
    assertThat(tasks(List.of("/tasks/a", "/tasks/b"), "sums")).as("it is in one of them").isEmpty();
    assertThat(tasks(List.of(), "arc_*")).as("a pattern").isEmpty();
  }

  private List<Finding> tasks(List<String> include, String... tasks) throws InterruptedException {
    List<EvaluationSpec> evaluations =
        Stream.of(tasks)
            .map(
                task ->
                    new EvaluationSpec(
                        task,
                        "lm-eval",
                        null,
                        task,
                        null,
                        include,
                        List.of(),
                        Set.of(Subject.BASE),
                        Map.of(),
                        Map.of()))
            .toList();
    SeriesSpec onlyScores =
        new SeriesSpec(
            "s",
            "/store",
            List.of(new Release("M1", "/models/m1")),
            List.of(Strategy.PLAIN),
            null,
            MergeSpec.DEFAULT,
            evaluations);
    return new ToolExamination(folder.resolve("python"))
        .of(onlyScores).stream().filter(finding -> finding.verdict() == Verdict.FAIL).toList();
  }

  private void python(String broken, int gpus) throws IOException {
    script(
        """
        if [ "$1" = -c ]; then
          echo 'a warning of some library'
          echo 'examined {"python": "3.12.1", "versions": ["trl 1.16.0"], "broken": %s, "gpus": %d}'
        else
          echo '  --learning_rate LEARNING_RATE  --max-steps MAX_STEPS --use_cpu'
        fi
        """
            .formatted(broken.replace("'", "'\\''"), gpus));
  }

  private void script(String text) throws IOException {
    Path script = folder.resolve("python");
    Files.writeString(script, "#!/bin/sh\n" + text);
    script.toFile().setExecutable(true);
  }

  private Finding examined(String trainer, Map<String, String> arguments, int gpus)
      throws InterruptedException {
    return examined(trainer, null, arguments, gpus);
  }

  private Finding examined(String trainer, String home, Map<String, String> arguments, int gpus)
      throws InterruptedException {
    SeriesSpec spec =
        new SeriesSpec(
            "s",
            "/store",
            List.of(new Release("M1", "/models/m1")),
            List.of(Strategy.PLAIN),
            new FinetuneSpec(
                trainer, null, "/data", arguments, Map.of(), home, List.of(), gpus, null),
            MergeSpec.DEFAULT,
            List.of());
    return new ToolExamination(folder.resolve("python")).of(spec).getFirst();
  }
}
