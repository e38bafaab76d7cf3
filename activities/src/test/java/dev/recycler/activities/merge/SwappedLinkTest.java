package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.safetensors.Dtype;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weight files whose place a link takes while they are read: what was checked is what is read. */
class SwappedLinkTest {
  private static final List<String> ROLES = List.of("base", "finetuned", "target");

  @TempDir private Path scratch;

  @Test
  void linksThatTakeThePlaceOfWeightsDuringAMergeAreNotFollowed() throws Exception {
    Path models = scratch.resolve("models");
    Path secret = scratch.resolve("outside/secret");
    for (String role : ROLES) {
      model(role.length()).writeTo(models.resolve(role));
    }
    model(99).writeTo(secret);
    Path untouched = scratch.resolve("untouched/out");
    MergeEngine.run(request(models, untouched), ProgressListener.NONE);
    Path out = scratch.resolve("made/out");
    Swap swap = new Swap(models, secret);

    MergeEngine.run(request(models, out), swap);

    assertThat(swap.doneAt).as("bytes read when the links were put").isBetween(0L, swap.total - 1);
    assertThat(models.resolve("target/model.safetensors")).isSymbolicLink();
    assertThat(out.resolve("model.safetensors"))
        .hasSameBinaryContentAs(untouched.resolve("model.safetensors"));
    assertThat(scratch.resolve("outside")).isDirectoryContaining(file -> file.equals(secret));
    assertThat(scratch.resolve("outside").toFile().list()).hasSize(1);
  }

  private static TestModel model(int seed) {
    return new TestModel()
        .withRandom("w", Dtype.BF16, List.of(20L, 1024L), new Random(seed))
        .withRandom("x", Dtype.BF16, List.of(20L, 1024L), new Random(seed + 100));
  }

  /** Blocks of a few bytes: thousands of them, so that there is a time in between. */
  private static MergeRequest request(Path models, Path out) {
    return Requests.in(models, out).withThreads(1).withBlockBytes(8);
  }

  /** Puts links to one file in the place of all weights, once. */
  private static final class Swap implements ProgressListener {
    private final Path models;
    private final Path secret;
    private long doneAt = -1;
    private long total;

    Swap(Path models, Path secret) {
      this.models = models;
      this.secret = secret;
    }

    @Override
    public void progress(MergeProgress progress) {
      if (doneAt >= 0) {
        return;
      }
      doneAt = progress.bytesDone();
      total = progress.bytesTotal();
      try {
        for (String role : ROLES) {
          Path weights = models.resolve(role).resolve("model.safetensors");
          Files.move(weights, weights.resolveSibling("aside"));
          Files.createSymbolicLink(weights, secret.resolve("model.safetensors"));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
