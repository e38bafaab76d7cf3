package dev.recycler.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.Cli;
import dev.recycler.cli.Sessions;
import dev.recycler.cli.console.Answers;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {
  @TempDir private Path folder;
  private Sessions sessions;

  @BeforeEach
  void models() throws IOException {
    sessions = new Sessions(folder, Map.of());
    for (String name : new String[] {"m1", "m 2", "on"}) {
      Path model = Files.createDirectories(folder.resolve(name));
      Files.writeString(model.resolve("config.json"), "{}");
      Files.writeString(model.resolve("model.safetensors"), "");
    }
    Files.writeString(folder.resolve("math.jsonl"), "{}\n");
  }

  private int run(String... args) {
    return new Cli(sessions.session()).run(args);
  }

  @Test
  void whatItWritesCanBeStarted() {
    int code =
        run(
            "init",
            "math.yaml",
            "--release",
            "M1=m1",
            "--release",
            "M2=m 2",
            "--release",
            "M3=on",
            "--data",
            "math.jsonl",
            "--task",
            "gsm8k,minerva_math");
    assertThat(sessions.err())
        .isEqualTo(
            "Written to %s%n'recycler plan math.yaml' shows what it would do.%n"
                .formatted(folder.resolve("math.yaml")));
    assertThat(code).isZero();
    SeriesSpec spec = SeriesFiles.read(Path.of("math.yaml"), sessions.session().places());
    assertThat(spec.series()).isEqualTo("math");
    assertThat(spec.releases())
        .extracting(release -> release.name())
        .containsExactly("M1", "M2", "M3");
    assertThat(spec.evaluate()).hasSize(2);
  }

  @Test
  void whatIsMissingBehindItIsToldAtOnce() {
    assertThat(
            run(
                "init",
                "x.yaml",
                "--release",
                "M1=m1",
                "--release",
                "M2=gone",
                "--data",
                "math.jsonl"))
        .isZero();
    assertThat(sessions.err())
        .contains("Before it can be started, the series file can't be used", "gone");
  }

  @Test
  void theRecipeIsForTheCpuWhereThereIsNoGpu() throws IOException {
    assertThat(run("init", "cpu.yaml", "--release", "M1=m1", "--data", "math.jsonl")).isZero();
    assertThat(Files.readString(folder.resolve("cpu.yaml"))).contains("# No GPU was found here.");
    assertThat(arguments("cpu.yaml"))
        .containsEntry("use_cpu", "true")
        .containsEntry("bf16", "false");

    sessions = new Sessions(folder, Map.of("CUDA_VISIBLE_DEVICES", "0"));
    assertThat(run("init", "gpu.yaml", "--release", "M1=m1", "--data", "math.jsonl")).isZero();
    assertThat(Files.readString(folder.resolve("gpu.yaml"))).doesNotContain("GPU");
    assertThat(arguments("gpu.yaml")).doesNotContainKeys("use_cpu", "bf16");
  }

  private Map<String, String> arguments(String file) {
    return SeriesFiles.read(Path.of(file), sessions.session().places()).finetune().arguments();
  }

  @Test
  void aReleaseWithoutANameIsNamed() {
    assertThat(run("init", "--release", "/models/m1", "--data", "d")).isEqualTo(2);
    assertThat(sessions.err())
        .startsWith(
            "recycler: Invalid value for option '--release' (NAME=MODEL): \"/models/m1\" is not"
                + " NAME=MODEL; write M1=/models/m1");
    assertThat(folder.resolve("series.yaml")).doesNotExist();
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Files.writeString(folder.resolve("series.yaml"), "mine");
    assertThat(run("init", "--release", "M1=m1", "--data", "d")).isEqualTo(2);
    assertThat(sessions.err()).contains("series.yaml exists already and is not overwritten");
    assertThat(folder.resolve("series.yaml")).hasContent("mine");
  }

  @Test
  void withoutATerminalNothingIsAsked() {
    assertThat(run("init")).isEqualTo(2);
    assertThat(sessions.err()).contains("--release NAME=MODEL", "--data");
  }

  @Test
  void openInstructNeedsItsCheckout() {
    assertThat(run("init", "--trainer", "open-instruct", "--release", "M1=m1", "--data", "d"))
        .isEqualTo(2);
    assertThat(sessions.err()).contains("--checkout");
  }

  @Test
  void aFileForOpenInstructCanBeStartedToo() throws IOException {
    Path python = folder.resolve("open-instruct/.venv/bin/python");
    Files.createDirectories(python.getParent());
    Files.writeString(python, "");
    assertThat(python.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(folder.resolve("open-instruct/open_instruct"));
    Files.writeString(folder.resolve("open-instruct/open_instruct/finetune.py"), "");
    assertThat(
            run(
                "init",
                "oi.yaml",
                "--release",
                "M1=m1",
                "--data",
                "math.jsonl",
                "--checkout",
                "open-instruct"))
        .isZero();
    assertThat(sessions.err()).contains("'recycler plan oi.yaml' shows what it would do.");
    assertThat(
            SeriesFiles.read(Path.of("oi.yaml"), sessions.session().places()).finetune().trainer())
        .isEqualTo("open-instruct");
  }

  @Test
  void anAnswerThatCannotBeRightIsAskedForAgainAndWhoInsistsIsBelieved() throws Exception {
    var objections = new Objections(folder.resolve("x.yaml"), sessions.session().places());
    var screen = new StringWriter();
    var questions =
        new Questions(
            new Answers(new BufferedReader(new StringReader("gone\nm1\ngone\nlost\nlost\n"))),
            new PrintWriter(screen, true));
    assertThat(questions.ask("Model?", null, objections::toModel)).isEqualTo("m1");
    assertThat(questions.ask("Model?", null, objections::toModel)).isEqualTo("lost");
    assertThat(screen.toString().lines().toList())
        .startsWith(
            "Model?   there is no folder %s; give the folder that holds the model's config.json."
                    .formatted(folder.resolve("gone"))
                + " The same answer again is taken as it is.");
  }

  @Test
  void namesModelsAndDataAreHeldAgainstWhatTheFileTakes() {
    var objections = new Objections(folder.resolve("x.yaml"), sessions.session().places());
    assertThat(objections.toName("two words")).get().asString().contains("is not a name");
    assertThat(objections.toName("words-2")).isEmpty();
    assertThat(objections.toModel("hf://org/m@main")).isEmpty();
    assertThat(objections.toModel("m1")).isEmpty();
    assertThat(objections.toData("trl", "no.jsonl")).get().asString().contains("no.jsonl");
    assertThat(objections.toData("trl", "math.jsonl")).isEmpty();
  }

  @Test
  void questionsAreAskedUntilTheyAreAnswered() throws Exception {
    var screen = new StringWriter();
    var questions =
        new Questions(
            new Answers(new BufferedReader(new StringReader("\n  \nm1\n\n"))),
            new PrintWriter(screen, true));
    assertThat(questions.ask("Model?", null)).isEqualTo("m1");
    assertThat(questions.ask("Name?", "series")).isEqualTo("series");
    assertThat(screen).hasToString("Model? Model? Model? Name? [series] ");
  }
}
