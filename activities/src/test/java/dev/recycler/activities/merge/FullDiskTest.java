package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.recycler.activities.safetensors.CheckpointIoException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.NoSpaceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full, and an input that shrinks, end a merge with the figures and leave nothing.
 */
class FullDiskTest {
  @TempDir Path scratch;
  private Path models;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void makeModels() throws IOException {
    models = scratch.resolve("models");
    disk = Files.createDirectory(scratch.resolve("disk"));
    for (String role : List.of("base", "finetuned", "target")) {
      var model = new TestModel();
      for (int i = 0; i < 4; i++) {
        model.withRandom("w" + i, Dtype.BF16, List.of(100L, 100L), new Random(i));
      }
      model.writeTo(models.resolve(role));
    }
  }

  private void mount(int kilobytes) throws Exception {
    mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + kilobytes + "k", "tmpfs", disk.toString());
    assumeTrue(mounted, "skipped: this user may not mount a small tmpfs");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void tooSmallADiskIsSeenBeforehand() throws Exception {
    mount(64);
    assertThatExceptionOfType(NoSpaceException.class)
        .isThrownBy(
            () -> MergeEngine.run(Requests.in(models, disk.resolve("out")), ProgressListener.NONE))
        .withMessageMatching(
            ".*/disk/\\.out\\.recycler-staging: the output needs 84096 bytes, and the file"
                + " system has \\d+ left");
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void aDiskThatFillsUpWhileWeightsAreWrittenEndsTheMerge() throws Exception {
    mount(64);
    MergeRequest request = Requests.in(models, disk.resolve("out")).withBlockBytes(2000);
    Path staging = Files.createDirectory(disk.resolve("staging"));
    try (Inputs inputs = Inputs.open(request)) {
      var run = new MergeRun(request, inputs);
      assertThatExceptionOfType(NoSpaceException.class)
          .isThrownBy(() -> run.write(staging, ProgressListener.NONE))
          .withMessageMatching(
              ".*/staging/model.safetensors: no space left on the device while writing 2000 bytes of"
                  + " tensor \"w\\d\" at byte \\d+");
    }
  }

  @Test
  void aDiskThatFillsUpWithTheTokenizerEndsTheMergeAndTheNextOneSucceeds() throws Exception {
    mount(120);
    Path tokenizer = models.resolve("finetuned/tokenizer.json");
    Files.writeString(tokenizer, " ".repeat(60_000));
    Path out = disk.resolve("out");
    assertThatExceptionOfType(NoSpaceException.class)
        .isThrownBy(() -> MergeEngine.run(Requests.in(models, out), ProgressListener.NONE))
        .withMessageEndingWith("/tokenizer.json: no space left on the device while writing it");
    assertThat(disk).isEmptyDirectory();
    Files.delete(tokenizer);
    MergeEngine.run(Requests.in(models, out), ProgressListener.NONE);
    try (ModelFolder made = ModelFolder.open(out)) {
      assertThat(made.tensors()).hasSize(4);
    }
  }

  @Test
  void anInputThatShrinksEndsTheMerge() throws Exception {
    MergeRequest request = Requests.in(models, disk.resolve("out")).withThreads(1);
    Path base = models.resolve("base/model.safetensors");
    Path staging = Files.createDirectory(disk.resolve("staging"));
    try (Inputs inputs = Inputs.open(request)) {
      var run = new MergeRun(request, inputs);
      try (var channel =
          java.nio.channels.FileChannel.open(base, java.nio.file.StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - 30_000);
      }
      assertThatExceptionOfType(CheckpointIoException.class)
          .isThrownBy(() -> run.write(staging, ProgressListener.NONE))
          .withMessageMatching(
              ".*/base/model.safetensors: tensor \"w2\": the file ended after 10000 of 20000 bytes at"
                  + " byte \\d+; it was truncated while it was read");
    }
  }
}
