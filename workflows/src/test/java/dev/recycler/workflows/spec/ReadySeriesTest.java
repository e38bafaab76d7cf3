package dev.recycler.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.progress.StepKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of {@code deploy/series} are read and planned, each to the steps of its experiment. */
class ReadySeriesTest {
  private static final Path FOLDER = Path.of("..", "deploy", "series");

  /** File, fine-tunings, merges, scores without those of checkpoints. */
  @ParameterizedTest
  @CsvSource({
    "olmo2-7b-strategies, 16, 7, 28",
    "olmo2-7b-transfer-matrix, 5, 20, 60",
    "olmo2-7b-transfer-then-finetune-matrix, 25, 20, 100",
    "olmo2-7b-generalization, 9, 4, 56",
    "llama3-recycling-and-backporting, 0, 2, 36",
    "tulu3-alignment-stages, 0, 4, 60",
    "llama3-language, 1, 1, 2",
    "mini/strategies, 8, 3, 14",
    "mini/transfer-matrix, 4, 12, 20",
    "mini/transfer-then-finetune-matrix, 9, 6, 18",
    "mini/generalization, 3, 1, 5",
    "mini/recycling-and-backporting, 0, 2, 6",
    "mini/alignment-stages, 0, 3, 7",
    "mini/language, 1, 1, 2"
  })
  void isPlanned(String name, int finetunings, int merges, int scores) throws IOException {
    Plan plan = Plan.of(read(name + ".yaml"));
    assertThat(count(plan, StepKind.FINETUNE)).isEqualTo(finetunings);
    assertThat(count(plan, StepKind.MERGE)).isEqualTo(merges);
    assertThat(count(plan, StepKind.EVALUATE)).isEqualTo(scores);
  }

  @Test
  void everyFileIsCounted() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      assertThat(files.filter(file -> file.toString().endsWith(".yaml"))).hasSize(14);
    }
  }

  @Test
  void theFilesOfOneStoreShareTheirFineTunings() throws IOException {
    SeriesSpec strategies = read("olmo2-7b-strategies.yaml");
    for (String other :
        List.of(
            "olmo2-7b-transfer-matrix",
            "olmo2-7b-transfer-then-finetune-matrix",
            "olmo2-7b-generalization")) {
      SeriesSpec spec = read(other + ".yaml");
      assertThat(spec.finetune()).isEqualTo(strategies.finetune());
      assertThat(spec.releases()).isEqualTo(strategies.releases());
      assertThat(spec.merge()).isEqualTo(strategies.merge());
      assertThat(spec.store()).isEqualTo(strategies.store());
    }
  }

  private static long count(Plan plan, StepKind kind) {
    return plan.steps().stream().map(PlannedStep::kind).filter(kind::equals).count();
  }

  private static SeriesSpec read(String name) throws IOException {
    // Whether the hub has a model is not looked at here: each stands for a folder.
    String text = Files.readString(FOLDER.resolve(name)).replaceAll("hf://([^\"]+)", "/hub/$1");
    SeriesFile file = SeriesFile.parse(text, name, new ReadyMachine());
    assertThat(file.problems()).isEmpty();
    return file.spec();
  }

  /** A machine that has whatever is asked for. */
  private static final class ReadyMachine implements Surroundings {
    @Override
    public Path folder() {
      return Path.of("/series");
    }

    @Override
    public Path home() {
      return Path.of("/home");
    }

    @Override
    public String variable(String name) {
      return "/" + name;
    }

    @Override
    public Kind kind(Path path) {
      return path.endsWith("python") ? Kind.FILE : Kind.FOLDER;
    }

    @Override
    public List<String> names(Path folder) {
      return List.of("config.json", "model.safetensors");
    }

    @Override
    public boolean writable(Path folder) {
      return true;
    }
  }
}
