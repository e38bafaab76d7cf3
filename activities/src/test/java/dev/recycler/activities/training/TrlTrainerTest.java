package dev.recycler.activities.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TRL is told to train on. */
class TrlTrainerTest {
  @TempDir private Path folder;

  private String dataset(String data) throws IOException {
    Path output = Files.createDirectories(folder.resolve("attempt-1/output"));
    FinetuneSpec spec = new FinetuneSpec("trl", null, data, new LinkedHashMap<>(), Map.of());
    List<String> command =
        new TrlTrainer(Path.of("python"), TrlTrainer.SFT)
            .command(new Trainer.Launch(spec, Path.of("/m"), output, Optional.empty()));
    return command.get(command.indexOf("--dataset_name") + 1);
  }

  @Test
  void aFolderAndADataSetsNameStayWhatTheyAre() throws IOException {
    assertThat(dataset(folder.toString())).isEqualTo(folder.toString());
    assertThat(dataset("allenai/tulu-3")).isEqualTo("allenai/tulu-3");
  }

  @Test
  void aFileGetsAFolderBesideTheOutput() throws IOException {
    Path file = Files.writeString(folder.resolve("my chats.jsonl"), "{}\n");

    assertThat(dataset(file.toString())).isEqualTo(folder.resolve("attempt-1/data").toString());
    assertThat(dataset(file.toString())).as("again").endsWith("data");
    assertThat(folder.resolve("attempt-1/data/train-my chats.jsonl"))
        .isSymbolicLink()
        .hasContent("{}");
    assertThat(folder.resolve("attempt-1/output")).isEmptyDirectory();
  }
}
