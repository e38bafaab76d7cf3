package dev.recycler.activities.safetensors;

import static dev.recycler.activities.safetensors.RawFile.bytes;
import static dev.recycler.activities.safetensors.RawFile.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Links, pipes, devices and pickles, wherever they stand in a model folder. */
class HostileLinksTest {
  private static final String INDEX = "model.safetensors.index.json";
  private static final byte[] ONE = bytes("{" + entry("a", "U8", "[2]", 0, 2) + "}", new byte[2]);

  @TempDir Path scratch;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(scratch.resolve("model"));
  }

  private void refused(String message) {
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> ModelFolder.open(folder).close())
        .withMessage(message);
  }

  private void index(String file) throws IOException {
    Files.writeString(folder.resolve(INDEX), "{\"weight_map\":{\"a\":\"" + file + "\"}}");
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  void aShardThatLinksOutOfTheFolderIsRefused() throws IOException {
    Path outside = Files.write(scratch.resolve("secret.safetensors"), ONE);
    Path link = Files.createSymbolicLink(folder.resolve("s1.safetensors"), outside);
    index("s1.safetensors");
    refused(
        "%s is a symbolic link out of its folder, to %s; copy the file into the folder"
            .formatted(link, outside.toRealPath()));
  }

  @Test
  void anIndexThatLinksOutOfTheFolderIsRefused() throws IOException {
    Path outside = Files.writeString(scratch.resolve("index.json"), "{}");
    Path link = Files.createSymbolicLink(folder.resolve(INDEX), outside);
    refused(
        "%s is a symbolic link out of its folder, to %s; copy the file into the folder"
            .formatted(link, outside.toRealPath()));
  }

  @Test
  void aLinkWithinTheFolderIsFollowed() throws IOException {
    Files.write(folder.resolve("weights"), ONE);
    Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("weights"));
    try (ModelFolder model = ModelFolder.open(folder)) {
      assertThat(model.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void aFolderThatIsALinkItselfIsFollowed() throws IOException {
    Files.write(folder.resolve("model.safetensors"), ONE);
    Path link = Files.createSymbolicLink(scratch.resolve("link"), folder);
    try (ModelFolder model = ModelFolder.open(link)) {
      assertThat(model.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void aHubSnapshotMayLinkToItsOwnBlobsOnly() throws IOException {
    Path cache = scratch.resolve("hub/models--org--name");
    Path foreign = Files.createDirectories(scratch.resolve("hub/models--evil--name/blobs"));
    folder = Files.createDirectories(cache.resolve("snapshots/0123"));
    Files.createDirectories(cache.resolve("blobs"));
    Path secret = Files.write(foreign.resolve("abcd"), ONE);
    Path link =
        Files.createSymbolicLink(
            folder.resolve("model.safetensors"), Path.of("../../../models--evil--name/blobs/abcd"));
    refused(
        "%s is a symbolic link out of its folder, to %s; copy the file into the folder"
            .formatted(link, secret.toRealPath()));
  }

  @Test
  void aShardThatIsAPipeIsRefused() throws Exception {
    Path pipe = folder.resolve("s1.safetensors");
    assertThat(run("mkfifo", pipe.toString())).isTrue();
    index("s1.safetensors");
    refused(pipe + " is not a regular file (a folder, pipe or device)");
  }

  @Test
  void anIndexThatIsAPipeIsRefused() throws Exception {
    Path pipe = folder.resolve(INDEX);
    assertThat(run("mkfifo", pipe.toString())).isTrue();
    refused(pipe + " is not a regular file (a folder, pipe or device)");
  }

  @Test
  void aDeviceOfTheFoldersOwnIsRefused() throws Exception {
    Path device = folder.resolve("model.safetensors");
    assumeTrue(
        run("mknod", device.toString(), "c", "1", "5"),
        "skipped: this user may not make a device file");
    refused(device + " is not a regular file (a folder, pipe or device)");
  }

  @ParameterizedTest
  @CsvSource({
    "pytorch_model.bin, transformers: AutoModelForCausalLM",
    "pytorch_model-00001-of-00002.bin, transformers: AutoModelForCausalLM",
    "consolidated.00.pth, transformers: AutoModelForCausalLM",
    "model.pt, transformers: AutoModelForCausalLM",
    "last.ckpt, transformers: AutoModelForCausalLM",
    "weights.pkl, transformers: AutoModelForCausalLM",
    "adapter_model.bin, PEFT: PeftModel"
  })
  void picklesAreNeverOpened(String name, String converter) throws Exception {
    // A pipe: whoever opened it would wait for ever.
    assertThat(run("mkfifo", folder.resolve(name).toString())).isTrue();
    refused(
        "%s holds pickle weights (%s), which are never opened because they can run code; convert them with %s.from_pretrained(…).save_pretrained(…)"
            .formatted(folder, name, converter));
  }

  @Test
  void aRepeatedMetadataKeyIsRefused() throws IOException {
    Path file =
        Files.write(
            folder.resolve("model.safetensors"),
            bytes("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", new byte[0]));
    refused(
        file + ": its header is not valid JSON: Duplicate field 'k' (at character 28 of the JSON)");
  }
}
