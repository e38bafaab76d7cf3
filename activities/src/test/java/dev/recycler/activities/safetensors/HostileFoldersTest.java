package dev.recycler.activities.safetensors;

import static dev.recycler.activities.safetensors.RawFile.bytes;
import static dev.recycler.activities.safetensors.RawFile.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a model folder can lead astray is refused in one sentence. */
class HostileFoldersTest {
  private static final String INDEX = "model.safetensors.index.json";

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

  private static byte[] one(String name) {
    return bytes("{" + entry(name, "U8", "[2]", 0, 2) + "}", new byte[2]);
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(folder.resolve(INDEX), "{\"metadata\":{},\"weight_map\":" + weightMap + "}");
  }

  @Test
  void aMissingFolderIsRefused() {
    folder = scratch.resolve("nowhere");
    refused(folder + " does not exist; a model folder with .safetensors files is needed");
  }

  @Test
  void aFileInPlaceOfAFolderIsRefused() throws IOException {
    folder = Files.write(scratch.resolve("x.safetensors"), one("a"));
    refused(folder + " is not a folder; give the model folder that holds the .safetensors files");
  }

  @Test
  void aFolderWithoutWeightsIsRefused() throws IOException {
    refused(
        folder + " holds no weights; model.safetensors or model.safetensors.index.json is needed");
    Files.write(folder.resolve("other.safetensors"), one("a"));
    refused(
        folder
            + " holds other.safetensors but neither model.safetensors nor"
            + " model.safetensors.index.json; rename the file or add the index");
  }

  @Test
  void picklesAreNeverOpened() throws IOException {
    Files.writeString(folder.resolve("pytorch_model.bin"), "not even a pickle");
    refused(
        folder
            + " holds pickle weights (pytorch_model.bin), which are never opened because they can"
            + " run code; convert them with transformers:"
            + " AutoModelForCausalLM.from_pretrained(…).save_pretrained(…)");
  }

  @Test
  void shardsAreRead() throws IOException {
    Files.write(folder.resolve("s1.safetensors"), one("a"));
    Files.write(folder.resolve("s2.safetensors"), one("b"));
    index("{\"b\":\"s2.safetensors\",\"a\":\"s1.safetensors\"}");
    try (ModelFolder model = ModelFolder.open(folder)) {
      assertThat(model.isSharded()).isTrue();
      assertThat(model.tensors().keySet()).containsExactly("a", "b");
    }
  }

  @Test
  void anIndexThatNamesAMissingFileIsRefused() throws IOException {
    index("{\"a\":\"s1.safetensors\"}");
    refused(folder.resolve(INDEX) + ": names the file \"s1.safetensors\", which does not exist");
  }

  @Test
  void anIndexThatLeavesTheFolderIsRefused() throws IOException {
    for (String path : new String[] {"../x.safetensors", "/x.safetensors", "sub/x.safetensors"}) {
      index("{\"a\":\"" + path + "\"}");
      refused(
          folder.resolve(INDEX)
              + ": puts tensor \"a\" into \""
              + path
              + "\"; only plain file names of the same folder are allowed");
    }
    index("{\"a\":\"..\"}");
    refused(
        folder.resolve(INDEX)
            + ": puts tensor \"a\" into \"..\"; only plain file names of the same folder are"
            + " allowed");
  }

  @Test
  void anIndexWithANameThatNoFileCanHaveIsRefused() throws IOException {
    index("{\"a\":\"\\ud800x.safetensors\"}");
    refused(
        folder.resolve(INDEX)
            + ": puts tensor \"a\" into \"\ud800x.safetensors\"; only plain file names of the same"
            + " folder are allowed");
  }

  @Test
  void anIndexOfPicklesIsRefused() throws IOException {
    index("{\"a\":\"pytorch_model.bin\"}");
    refused(
        folder.resolve(INDEX)
            + ": puts tensor \"a\" into \"pytorch_model.bin\", which is not a .safetensors file");
  }

  @Test
  void anIndexThatDisagreesWithItsFilesIsRefused() throws IOException {
    Files.write(folder.resolve("s1.safetensors"), one("a"));
    index("{\"a\":\"s1.safetensors\",\"b\":\"s1.safetensors\"}");
    refused(
        folder.resolve(INDEX)
            + ": puts tensor \"b\" into \"s1.safetensors\", which does not hold it");
    index("{\"b\":\"s1.safetensors\"}");
    refused(
        folder.resolve("s1.safetensors") + ": holds tensor \"a\", which the index does not list");
    Files.write(folder.resolve("s2.safetensors"), one("b"));
    index("{\"b\":\"s1.safetensors\",\"a\":\"s2.safetensors\"}");
    refused(
        folder.resolve("s1.safetensors")
            + ": holds tensor \"a\", which the index puts into \"s2.safetensors\"");
  }

  @Test
  void aMalformedIndexIsRefused() throws IOException {
    String name = folder.resolve(INDEX).toString();
    Files.writeString(folder.resolve(INDEX), "[]");
    refused(name + ": is not a JSON object with a weight_map");
    Files.writeString(folder.resolve(INDEX), "{\"metadata\":{}}");
    refused(name + ": has no weight_map; it must map each tensor to its file");
    Files.writeString(folder.resolve(INDEX), "{\"weight_map\":{}}");
    refused(name + ": its weight_map is empty");
    Files.writeString(folder.resolve(INDEX), "{\"weight_map\":[]}");
    refused(name + ": its weight_map is not an object");
    Files.writeString(folder.resolve(INDEX), "{\"weight_map\":{\"a\":1}}");
    refused(name + ": the file of tensor \"a\" is not a string");
    Files.writeString(folder.resolve(INDEX), "{\"weight_map\":{\"a\":\"s\",\"a\":\"s\"}}");
    refused(name + ": puts tensor \"a\" into \"s\", which is not a .safetensors file");
    Files.writeString(
        folder.resolve(INDEX),
        "{\"weight_map\":{\"a\":\"s.safetensors\",\"a\":\"s.safetensors\"}}");
    refused(name + ": is not valid JSON: Duplicate field 'a' (at character 38 of the JSON)");
  }

  @Test
  void aModelThatIsThereTwiceIsRefused() throws IOException {
    Files.write(folder.resolve("model.safetensors"), one("a"));
    Files.write(folder.resolve("s1.safetensors"), one("a"));
    index("{\"a\":\"s1.safetensors\"}");
    refused(
        folder
            + " has both model.safetensors and an index of other files; remove the one that is"
            + " out of date");
  }

  @Test
  void aLinkOutOfTheFolderIsRefused() throws IOException {
    Path outside = Files.write(scratch.resolve("secret.safetensors"), one("a"));
    Path link = Files.createSymbolicLink(folder.resolve("model.safetensors"), outside);
    refused(
        link
            + " is a symbolic link out of its folder, to "
            + outside.toRealPath()
            + "; copy the file into the folder");
  }

  @Test
  void aDanglingLinkIsRefused() throws IOException {
    Path link =
        Files.createSymbolicLink(folder.resolve("model.safetensors"), scratch.resolve("gone"));
    refused(link + " is a symbolic link to a file that does not exist");
  }

  @Test
  void theHubCachesLinksAreFollowed() throws IOException {
    Path cache = scratch.resolve("models--org--name");
    Path blobs = Files.createDirectories(cache.resolve("blobs"));
    folder = Files.createDirectories(cache.resolve("snapshots/0123"));
    Files.write(blobs.resolve("abcd"), one("a"));
    Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("../../blobs/abcd"));
    try (ModelFolder model = ModelFolder.open(folder)) {
      assertThat(model.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void aPipeIsRefused() throws Exception {
    Path pipe = folder.resolve("model.safetensors");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    refused(pipe + " is not a regular file (a folder, pipe or device)");
  }

  @Test
  void aFolderInPlaceOfAFileIsRefused() throws IOException {
    Path file = Files.createDirectory(folder.resolve("model.safetensors"));
    refused(file + " is not a regular file (a folder, pipe or device)");
  }

  @Test
  void aDeviceIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("/dev/zero"));
    refused(
        link
            + " is a symbolic link out of its folder, to /dev/zero; copy the file into the folder");
  }
}
