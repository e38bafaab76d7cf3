package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies beside the weights is looked at before anything is written. */
class CompanionRefusalsTest {
  @TempDir Path scratch;
  private Path models;
  private Path out;
  private Path finetuned;

  @BeforeEach
  void makeModels() throws IOException {
    models = scratch.resolve("models");
    out = scratch.resolve("out");
    for (String role : List.of("base", "finetuned", "target")) {
      new TestModel()
          .withRandom("w", Dtype.BF16, List.of(3L, 2L), new Random(1))
          .writeTo(models.resolve(role));
    }
    finetuned = models.resolve("finetuned");
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    try (var left = Files.list(scratch)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains("out"));
    }
  }

  private void refused(String message) {
    // Already by the dry run: so before a byte of weights is read.
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> MergeEngine.preview(Requests.in(models, out)))
        .withMessage(message);
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> MergeEngine.run(Requests.in(models, out), ProgressListener.NONE))
        .withMessage(message);
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> DiffEngine.extract(Requests.in(models, out), ProgressListener.NONE))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "generation_config.json", "LICENSE", "modeling.py"})
  void aLinkOutOfTheFolderIsRefused(String name) throws IOException {
    Path secret = Files.writeString(scratch.resolve("secret"), "secret");
    Path link = Files.createSymbolicLink(finetuned.resolve(name), secret);
    refused(
        "%s is a symbolic link out of its folder, to %s; copy the file into the folder"
            .formatted(link, secret.toRealPath()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "config.json"})
  void aPipeIsRefused(String name) throws Exception {
    Path pipe = finetuned.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    refused(pipe + " is not a regular file (a folder, pipe or device)");
  }

  @Test
  void aConfigOfAbsurdSizeIsRefused() throws IOException {
    Path config = finetuned.resolve("config.json");
    try (var file = new java.io.RandomAccessFile(config.toFile(), "rw")) {
      file.setLength(20_000_000);
    }
    refused(config + " has 20000000 bytes, more than the 16777216 that such a file may have");
  }

  @Test
  void aConfigThatIsNoJsonIsRefused() throws IOException {
    Path config = Files.writeString(finetuned.resolve("config.json"), "{\"a\":");
    refused(config + ": is not valid JSON: Unexpected end-of-input within/between Object entries");
  }
}
