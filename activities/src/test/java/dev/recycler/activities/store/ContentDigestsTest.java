package dev.recycler.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentDigestsTest {
  @TempDir private Path folder;
  private Path model;
  private ContentDigests digests;

  @BeforeEach
  void write() throws IOException {
    digests = ArtifactStore.open(folder.resolve("store")).digests(() -> {});
    model = Files.createDirectory(folder.resolve("model"));
    for (String name : List.of("config.json", "model.safetensors", "tokenizer.json", "README.md")) {
      Files.writeString(model.resolve(name), name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "config.json, true",
    "model.safetensors, true",
    "tokenizer.json, true",
    "tokenizer.model, true",
    "chat_template.jinja, true",
    "added_tokens.json, true",
    "generation_config.json, true",
    "modeling_own.py, true",
    "merges.txt, true",
    "README.md, false",
    "LICENSE, false",
    "NOTICE.txt, false",
    "pytorch_model.bin, false",
    "pytorch_model.bin.index.json, false",
    "consolidated.safetensors, false",
    "model.gguf, false",
    "picture.png, false",
    "trainer_state.json, false",
    "recycler.json, false",
    ".gitattributes, false"
  })
  void oneByteOfWhatMakesTheModelChangesItsDigest(String name, boolean changes) throws IOException {
    Files.writeString(model.resolve(name), "a");
    String before = digests.ofModel(model);

    Files.writeString(model.resolve(name), "b");

    assertThat(!digests.ofModel(model).equals(before)).isEqualTo(changes);
  }

  @Test
  void everyByteOfDataCounts() throws IOException {
    String before = digests.ofData(model);

    Files.writeString(model.resolve("README.md"), "other");

    assertThat(digests.ofData(model)).isNotEqualTo(before);
  }

  @Test
  void aChangeWhoseTimeWasSetBackIsSeen() throws IOException {
    Path weights = model.resolve("model.safetensors");
    FileTime time = Files.getLastModifiedTime(weights);
    String before = digests.ofModel(model);

    Files.writeString(weights, "MODEL.safetensors");
    Files.setLastModifiedTime(weights, time);

    assertThat(digests.ofModel(model)).isNotEqualTo(before);
  }

  @Test
  void whatIsRememberedCanBeCheckedAgain() throws IOException {
    String before = digests.ofModel(model);
    // As a disk does that gives other bytes back: the memory of the file is wrong.
    try (var remembered = Files.list(folder.resolve("store/cache"))) {
      for (Path file : remembered.toList()) {
        String known = Files.readString(file);
        Files.writeString(file, known.replaceFirst("\"sha256\":\"....", "\"sha256\":\"0000"));
      }
    }
    assertThat(digests.ofModel(model)).isNotEqualTo(before);

    assertThat(digests.rechecking().ofModel(model)).isEqualTo(before);
    assertThat(digests.ofModel(model)).isEqualTo(before);
  }
}
