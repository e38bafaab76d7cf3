package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only one merge at a time is at a place, also where they are different processes. */
class StagedFolderTest {
  @TempDir Path scratch;

  /** Claims a place until its input ends. */
  static final class Claimer {
    public static void main(String[] args) throws IOException {
      try (StagedFolder staged = StagedFolder.claim(Path.of(args[0]))) {
        Files.writeString(staged.path().resolve("mine"), "");
        System.out.println("claimed");
        System.in.read();
        if (!Files.exists(staged.path().resolve("mine"))) {
          System.out.println("lost");
        }
      }
    }
  }

  @Test
  void anotherProcessIsKeptAway() throws Exception {
    Path out = scratch.resolve("out");
    Process other =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Claimer.class.getName(),
                out.toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("claimed");
      assertThatExceptionOfType(BadCheckpointException.class)
          .isThrownBy(() -> StagedFolder.claim(out))
          .withMessage(
              "another merge is writing %s; wait for it or give another --out".formatted(out));
      other.outputWriter().close();
      assertThat(other.inputReader().readLine()).isNull();
      assertThat(other.waitFor()).isZero();
      StagedFolder.claim(out).close();
      assertThat(scratch).isEmptyDirectory();
    } finally {
      other.destroyForcibly();
    }
  }
}
