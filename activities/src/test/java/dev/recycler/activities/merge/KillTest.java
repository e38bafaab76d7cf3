package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.store.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Merges killed with SIGKILL at random moments leave nothing that looks whole, and the next run
 * makes the same bytes. {@code -Drecycler.test.kills=50} runs it long.
 */
class KillTest {
  private static final long SEED = Long.getLong("recycler.test.seed", System.nanoTime());
  private static final int KILLS = Integer.getInteger("recycler.test.kills", 3);

  @TempDir Path scratch;

  /** Run in a process of its own: merges what lies in the first argument to the second. */
  static final class Merger {
    public static void main(String[] args) throws Exception {
      System.out.println("started");
      MergeEngine.run(
          Requests.in(Path.of(args[0]), Path.of(args[1])).withBlockBytes(4096),
          ProgressListener.NONE);
    }
  }

  @Test
  void aKilledMergeLeavesNothingAndTheNextOneMakesTheSameBytes() throws Exception {
    Path models = scratch.resolve("models");
    var random = new Random(SEED);
    for (String role : List.of("base", "finetuned", "target")) {
      var model = new TestModel();
      for (int i = 0; i < 4; i++) {
        long[] bits = random.longs(700 * 1024).map(bit -> bit & 0x3fff).toArray();
        model.with("layers." + i, Dtype.BF16, List.of(700L, 1024L), bits);
      }
      model.writeTo(models.resolve(role), 3_000_000);
      Files.writeString(models.resolve(role).resolve("config.json"), "{}");
    }
    Path wanted = scratch.resolve("undisturbed");
    long started = System.nanoTime();
    assertThat(start(models, wanted).waitFor()).isZero();
    long whole = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);

    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      Path out = scratch.resolve("out" + i);
      Process merger = start(models, out);
      Thread.sleep(random.nextLong(Math.max(1, whole)));
      merger.destroyForcibly().waitFor();
      if (Files.exists(out)) {
        assertSameModel(out, wanted, i);
      } else {
        killed++;
        MergeEngine.run(Requests.in(models, out), ProgressListener.NONE);
        assertSameModel(out, wanted, i);
      }
      try (var left = Files.list(scratch)) {
        assertThat(left.map(file -> file.getFileName().toString()))
            .as("seed %d, kill %d", SEED, i)
            .noneMatch(name -> name.contains("staging"));
      }
      Folders.delete(out);
    }
    System.out.printf("killed %d of %d merges before they were published%n", killed, KILLS);
  }

  private static Process start(Path models, Path out) throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:TieredStopAtLevel=1",
                // These write past the page cache, as large files are written; the test itself does
                // not, and makes the same bytes.
                "-Drecycler.merge.direct=0",
                "-cp",
                System.getProperty("java.class.path"),
                Merger.class.getName(),
                models.toString(),
                out.toString())
            .redirectErrorStream(true)
            .start();
    // The moments to kill at begin with the program, not with the JVM.
    assertThat(process.inputReader().lines().anyMatch("started"::equals)).isTrue();
    return process;
  }

  private static void assertSameModel(Path made, Path wanted, int kill) throws Exception {
    try (ModelFolder model = ModelFolder.open(made)) {
      for (String file : model.weightFiles()) {
        assertThat(
                Arrays.mismatch(
                    Files.readAllBytes(made.resolve(file)),
                    Files.readAllBytes(wanted.resolve(file))))
            .as("seed %d, kill %d: %s", SEED, kill, file)
            .isEqualTo(-1);
      }
    }
    for (String name : List.of("config.json", "README.md", "recycler.json")) {
      assertThat(made.resolve(name)).as("seed %d, kill %d", SEED, kill).isRegularFile();
    }
  }
}
