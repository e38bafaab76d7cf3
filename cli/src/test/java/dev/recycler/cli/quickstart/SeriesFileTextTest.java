package dev.recycler.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.Sessions;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeriesFileTextTest {
  @TempDir private Path folder;

  private SeriesSpec read(Parameters parameters) throws IOException {
    Path series = folder.resolve("mini-series");
    for (int i = 1; i <= parameters.releases(); i++) {
      Path release = Files.createDirectories(series.resolve("releases/M" + i));
      Files.writeString(release.resolve("config.json"), "{}");
      Files.writeString(release.resolve("model.safetensors"), "");
    }
    Files.createDirectories(series.resolve("data/train"));
    Files.createDirectories(series.resolve("tasks"));
    Files.writeString(series.resolve("data/test.jsonl"), "");
    Path file = folder.resolve("series.yaml");
    Files.writeString(file, SeriesFileText.of(parameters));
    return SeriesFiles.read(file, new Sessions(folder, Map.of()).session().places());
  }

  @ParameterizedTest
  @CsvSource({"2,true", "5,false", "9,false"})
  void isASeriesFileThatIsAccepted(int releases, boolean smoke) throws IOException {
    List<Strategy> strategies = List.of(Strategy.DIRECT, Strategy.PLAIN);
    SeriesSpec spec = read(new Parameters(releases, 3, strategies, smoke));
    assertThat(spec.releases()).hasSize(releases);
    assertThat(spec.strategies()).isEqualTo(strategies);
    assertThat(spec.store()).isEqualTo(folder.resolve("store").toString());
  }

  @Test
  void plainAloneMergesNothing() throws IOException {
    SeriesSpec spec = read(new Parameters(2, 0, List.of(Strategy.PLAIN), true));
    assertThat(spec.evaluate().getFirst().of())
        .containsExactlyInAnyOrder(Subject.BASE, Subject.FINETUNED);
  }

  @Test
  void theFullOneFollowsConvergenceAndTrainsAsTheRecipeSays() throws IOException {
    SeriesSpec spec = read(new Parameters(5, 0, List.of(Strategy.values()), false));
    assertThat(spec.evaluate().getFirst().of()).contains(Subject.CHECKPOINTS, Subject.MERGED);
    assertThat(spec.finetune().arguments())
        .containsEntry("learning_rate", "1e-3")
        .containsEntry("num_train_epochs", "1")
        .containsEntry("save_steps", "25");
    assertThat(spec.evaluate().getFirst().checkpointsOf()).containsExactly("M5");
  }
}
