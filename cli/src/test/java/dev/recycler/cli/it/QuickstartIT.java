package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A quickstart that nobody disturbs, and what it made. */
class QuickstartIT {
  private static final PackagedCli CLI = new PackagedCli();

  private static Path home;

  @BeforeAll
  static void run() throws IOException, InterruptedException {
    home = Homes.undisturbed();
  }

  @Test
  void printsTheTableAndSaysWhereEverythingLies() throws IOException, InterruptedException {
    PackagedCli.Result result = Homes.undisturbedResult();
    assertThat(result.out())
        .contains("FT(M_i + Δiter)", "FT(M_i)", "±", "demonstration")
        .doesNotContain("\u001b[");
    assertThat(result.err())
        .contains("Everything is kept in", "report.html", "M2.direct.merge done")
        .doesNotContain("Exception", "WARNING");
  }

  @Test
  void leavesReportsOfEveryNumberWithItsFile() throws IOException {
    assertThat(home.resolve("report.html")).content().contains("<svg", "</html>");
    JsonNode report = Homes.json(home.resolve("report.json"));
    List<JsonNode> files = report.findValues("resultsFile");
    assertThat(files).isNotEmpty();
    for (JsonNode file : files) {
      assertThat(Path.of(file.asText())).isRegularFile();
    }
  }

  @Test
  void leavesNoProcessAndNoStagingBehind() throws IOException {
    assertThat(Homes.processes(home)).isEmpty();
    assertThat(home.resolve("store/staging")).isEmptyDirectory();
  }

  @Test
  void showsTheSameAgainWithoutDoingAnythingAgain() throws IOException, InterruptedException {
    Map<String, String> before = Homes.records(home);
    PackagedCli.Result again = CLI.run("quickstart", "--home", home.toString());
    assertThat(again.code()).isZero();
    assertThat(again.out()).isEqualTo(Homes.undisturbedResult().out());
    assertThat(again.err()).doesNotContain("started");
    assertThat(Homes.records(home)).isEqualTo(before);
  }

  @Test
  void refusesOtherParametersForTheSameHome() throws InterruptedException {
    PackagedCli.Result result =
        CLI.run("quickstart", "--smoke", "--seed", "7", "--home", home.toString());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("was made with", "--seed 0", "--fresh");
  }

  @Test
  void reportsWithoutAServer() throws InterruptedException {
    PackagedCli.Result result =
        CLI.run("report", "--home", home.toString(), "--format", "markdown");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).contains("| M2");
  }

  @Test
  void saysWhatShowsItAgainAndThatDoes() throws InterruptedException {
    PackagedCli.Result again = CLI.run("quickstart", "--home", home.toString());
    assertThat(again.err())
        .contains(
            "  recycler status smoke --home \"" + home + "\"",
            "  recycler report smoke --home \"" + home + "\"");
    PackagedCli.Result result = CLI.run("status", "smoke", "--home", home.toString());
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).contains("finished");
  }

  @Test
  void mergedModelsAreWhatPyTorchComputesBitForBit() throws IOException, InterruptedException {
    Path merged = Homes.artifact(home, "M2.direct.merge");
    PackagedCli.Result check =
        python(
            "check_merge.py",
            "--base",
            home.resolve("mini-series/releases/M1").toString(),
            "--finetuned",
            Homes.artifact(home, "M1.plain.finetune").toString(),
            "--target",
            home.resolve("mini-series/releases/M2").toString(),
            "--merged",
            merged.toString());
    assertThat(check.code()).as(check.out() + check.err()).isZero();
  }

  @Test
  void everyModelLoadsAndGenerates() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("check_models.py"));
    for (String step :
        List.of(
            "M1.plain.finetune", "M2.plain.finetune", "M2.direct.merge", "M2.direct.finetune")) {
      arguments.add(Homes.artifact(home, step).toString());
    }
    for (Path release : Homes.list(home.resolve("mini-series/releases"))) {
      arguments.add(release.toString());
    }
    PackagedCli.Result check = python(arguments.toArray(String[]::new));
    assertThat(check.code()).as(check.out() + check.err()).isZero();
  }

  @Test
  void aFineTuningRunByHandGivesTheStoredBytes() throws IOException, InterruptedException {
    Path stored = Homes.artifact(home, "M2.direct.finetune");
    Path output = Files.createTempDirectory(PackagedCli.WORK, "by-hand");
    List<String> command = new ArrayList<>();
    JsonNode arguments = Homes.json(stored.resolve("recycler.json")).path("commands").path(0);
    for (int i = 0; i < arguments.size(); i++) {
      boolean isOutput = i > 0 && arguments.get(i - 1).asText().equals("--output_dir");
      command.add(isOutput ? output.toString() : arguments.get(i).asText());
    }
    PackagedCli.Result training =
        CLI.with("HF_HUB_OFFLINE", "1")
            .with("HF_DATASETS_OFFLINE", "1")
            .with("TOKENIZERS_PARALLELISM", "false")
            .with("OMP_NUM_THREADS", "1")
            .start(command)
            .join();
    assertThat(training.code()).as(training.err()).isZero();
    assertThat(output.resolve("model.safetensors"))
        .hasSameBinaryContentAs(stored.resolve("model.safetensors"));
  }

  private static PackagedCli.Result python(String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(arguments));
    Path scripts = Path.of(System.getProperty("recycler.dist"), "deploy", "python");
    command.set(0, scripts.resolve(arguments[0]).toString());
    command.addFirst(interpreter());
    return CLI.start(command).join();
  }

  /** The interpreter that the tools ran in. */
  private static String interpreter() throws IOException {
    Path record = Homes.artifact(home, "M1.plain.finetune").resolve("recycler.json");
    return Homes.json(record).path("commands").path(0).path(0).asText();
  }
}
