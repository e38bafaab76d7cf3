package dev.recycler.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.safetensors.NoSpaceException;
import dev.recycler.cli.Cli;
import dev.recycler.cli.Sessions;
import dev.recycler.cli.console.SessionFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What merge, diff and analyze print and end with. */
class ModelCommandsTest {
  @TempDir private Path folder;
  private Sessions sessions;

  @BeforeEach
  void makeModels() throws IOException {
    sessions = new Sessions(folder, Map.of());
    model("base", 1, 2, 3, 4);
    model("tuned", 2, 2, 3, 6);
    model("target", 10, 20, 30, 40);
  }

  /** One float32 tensor of layer 0, of four values. */
  private void model(String name, float... values) throws IOException {
    byte[] header =
        "{\"model.layers.0.w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}"
            .getBytes(StandardCharsets.UTF_8);
    var file = ByteBuffer.allocate(8 + header.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    for (float value : values) {
      file.putFloat(value);
    }
    Files.createDirectory(folder.resolve(name));
    Files.write(folder.resolve(name).resolve("model.safetensors"), file.array());
    Files.writeString(folder.resolve(name).resolve("config.json"), "{}");
  }

  private int run(String command) {
    String[] words = command.split(" ");
    for (int i = 0; i < words.length; i++) {
      if (words[i].startsWith("@")) {
        words[i] = folder.resolve(words[i].substring(1)).toString();
      }
    }
    return new Cli(sessions.session()).run(words);
  }

  private float[] weights(String name) throws IOException {
    byte[] file = Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
    float[] values = new float[4];
    ByteBuffer.wrap(file, file.length - 16, 16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }

  @Test
  void mergeMakesTheFolderAndNamesIt() throws IOException {
    assertThat(run("merge --base @base --finetuned @tuned --target @target --out @new --scale 0.5"))
        .isZero();
    assertThat(sessions.out()).startsWith(folder.resolve("new") + "  scale 0.5  ");
    assertThat(sessions.err()).contains("1 tensors, 4 values");
    assertThat(weights("new")).containsExactly(10.5f, 20, 30, 41);
  }

  @Test
  void theReportIsJsonWhereAsked() throws IOException {
    assertThat(
            run(
                "merge --base @base --finetuned @tuned --target @target --out @new --scale 1,-1"
                    + " --json --analyze"))
        .isZero();
    JsonNode report = new ObjectMapper().readTree(sessions.out());
    assertThat(report.path("outputs").findValuesAsText("folder"))
        .containsExactly(
            folder.resolve("new/scale-1").toString(), folder.resolve("new/scale--1").toString());
    assertThat(report.at("/analysis/all/zero").asInt()).isEqualTo(2);
    assertThat(weights("new/scale--1")).containsExactly(9, 20, 30, 38);
  }

  @Test
  void aDryRunMakesNothing() {
    assertThat(run("merge --base @base --finetuned @tuned --target @target --out @new --dry-run"))
        .isZero();
    assertThat(sessions.out()).startsWith("1 tensors, 1 of them merged, 4 values; ");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void aDifferenceIsTakenAndAdded() throws IOException {
    assertThat(run("diff extract --base @base --finetuned @tuned --out @diff")).isZero();
    assertThat(run("diff apply --diff @diff --target @target --out @new")).isZero();
    assertThat(weights("new")).containsExactly(11, 20, 30, 42);
    assertThat(sessions.err())
        .contains(
            "note: every difference is held exactly: applying it equals the merge bit for bit");
  }

  @Test
  void analyzePrintsATableAndWritesAPage() throws IOException {
    assertThat(run("analyze --base @base --finetuned @tuned --target @target --html @page.html"))
        .isZero();
    assertThat(sessions.out()).contains("layer 0", "50.00%", "2.236");
    assertThat(sessions.err()).contains("Written to ");
    assertThat(folder.resolve("page.html"))
        .content()
        .contains("<svg", "layer 0: 0.4082", "</html>");
  }

  @Test
  void aPageThatCannotBeWrittenIsNamed() {
    assertThat(run("analyze --base @base --finetuned @tuned --html @no/page.html")).isEqualTo(2);
    assertThat(sessions.err())
        .contains(folder.resolve("no/page.html") + " cannot be written: its folder does not exist")
        .doesNotContain("defect");
  }

  @Test
  void aMergeWritesThePageOfWhatItMeasuresAndChecksItsPlaceFirst() {
    String merge = "merge --base @base --finetuned @tuned --target @target --out @new --html ";
    assertThat(run(merge + "@no/page.html")).isEqualTo(2);
    assertThat(folder.resolve("new")).doesNotExist();
    assertThat(run(merge + "@page.html")).isZero();
    assertThat(folder.resolve("page.html")).content().contains("<svg", "layer 0: 0.4082");
  }

  @Test
  void aFileInTheWayOfTheOutputIsNamed() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    assertThat(run("merge --base @base --finetuned @tuned --target @target --out @file/new"))
        .isEqualTo(1);
    assertThat(sessions.err()).contains("recycler: " + folder.resolve("file") + ": ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "merge --base @base --finetuned @nowhere --target @target --out @new | does not exist; a model"
            + " folder with .safetensors files is needed",
        "merge --base @base --finetuned @tuned --target @target --out @target | is also an input; give"
            + " another --out",
        "merge --finetuned @tuned --target @target --out @new | no base is given; only an adapter or an"
            + " extracted diff needs none",
        "merge --base @base --finetuned @tuned --target @target --out @new --scale 1e999 | scale is"
            + " Infinity; it must be a finite number",
        "merge --base @base --finetuned @tuned --target @target --out @new --scale x | 'x' is not a"
            + " double",
        "merge --base @base --finetuned @tuned --target @target --out @new --dtype int8 | dtype"
            + " \"int8\" is not one of bfloat16, float16, float32, float64",
        "merge --base @base --finetuned @tuned --target @target --out @new --shard-size 0 | is not a"
            + " size above 0",
        "diff extract --base @base --finetuned @tuned --out @new --dtype float16 | a difference is"
            + " written as float32 or float64, not as float16",
        "diff | which one? 'diff extract' or 'diff apply'",
        "analyze --base @base --finetuned @tuned --exclude *none* | --exclude \"*none*\" matches no"
            + " tensor"
      })
  void aMistakeIsOneSentenceAndExitCodeTwo(String command, String message) {
    assertThat(run(command)).isEqualTo(2);
    assertThat(sessions.err()).startsWith("recycler: ").contains(message).doesNotContain("\tat ");
    assertThat(sessions.out()).isEmpty();
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void failuresOfTheMachineHaveCodesOfTheirOwn() throws InterruptedException {
    var err = new StringWriter();
    CommandSpec spec =
        new CommandLine(
                new MergeCommand(sessions.session()), new SessionFactory(sessions.session()))
            .setErr(new PrintWriter(err))
            .getCommandSpec();
    assertThat(
            Models.run(
                spec,
                () -> {
                  throw new NoSpaceException("x: no space left on the device while writing it");
                }))
        .isEqualTo(4);
    assertThat(
            Models.run(
                spec,
                () -> {
                  throw new IOException("the disk is gone");
                }))
        .isEqualTo(1);
    assertThat(err)
        .hasToString(
            "recycler: x: no space left on the device while writing it\nrecycler: the disk is gone\n");
  }
}
