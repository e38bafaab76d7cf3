package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.recycler.activities.safetensors.CheckpointIoException;
import dev.recycler.activities.safetensors.Dtype;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An input that cannot be read to its end ends the merge with the figures and leaves nothing. */
class ReadFailureTest {
  private static final long ROWS = 600;

  @TempDir Path scratch;
  private Path models;
  private Path out;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void makeModels() throws IOException {
    models = scratch.resolve("models");
    out = scratch.resolve("made/out");
    disk = Files.createDirectory(scratch.resolve("disk"));
    for (String role : List.of("base", "finetuned", "target")) {
      new TestModel()
          .withRandom("w", Dtype.BF16, List.of(ROWS, 1024L), new Random(role.length()))
          .writeTo(models.resolve(role));
    }
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void anInputThatShrinksMeanwhileEndsTheMerge() {
    Path base = models.resolve("base/model.safetensors");
    // Blocks of a few bytes: hundreds of thousands of them, so that the file shrinks among them.
    MergeRequest request = Requests.in(models, out).withThreads(1).withBlockBytes(8);
    ProgressListener cutting =
        progress -> {
          try (var channel = FileChannel.open(base, StandardOpenOption.WRITE)) {
            channel.truncate(4096 + 10);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    assertThatExceptionOfType(CheckpointIoException.class)
        .isThrownBy(() -> MergeEngine.run(request, cutting))
        .withMessageMatching(
            "\\Q"
                + base
                + "\\E: tensor \"w\": the file ended after 0 of 8 bytes at byte \\d+; it was"
                + " truncated while it was read");
    assertThat(out.getParent()).isEmptyDirectory();
  }

  @Test
  void aDiskThatCannotReadEndsTheMerge() throws Exception {
    // A file system in a file that loses its second half: what lay there is an error of the disk.
    Path image = scratch.resolve("image");
    Path target = models.resolve("target");
    assumeTrue(
        run(
                "mkfs.ext4",
                "-q",
                "-O",
                "^has_journal",
                "-d",
                target.toString(),
                image.toString(),
                "4M")
            && run("mount", "-o", "ro,loop", image.toString(), disk.toString()),
        "skipped: this user may not mount a disk image");
    mounted = true;
    try (var channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.truncate(ROWS * 1024);
    }
    assertThatExceptionOfType(CheckpointIoException.class)
        .isThrownBy(
            () ->
                MergeEngine.run(
                    MergeRequest.of(models.resolve("base"), models.resolve("finetuned"), disk, out),
                    ProgressListener.NONE))
        .withMessageMatching(
            "\\Q%s\\E: tensor \"w\": reading \\d+ bytes at byte \\d+ failed: Input/output error"
                .formatted(disk.resolve("model.safetensors")));
    assertThat(out.getParent()).isEmptyDirectory();
  }
}
