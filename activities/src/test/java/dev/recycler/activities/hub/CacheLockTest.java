package dev.recycler.activities.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheLockTest {
  @TempDir private Path folder;

  @Test
  void oneAtATimeHoldsIt() throws Exception {
    Path file = folder.resolve("locks/a.lock");
    Optional<CacheLock> first = CacheLock.tryTake(file);

    assertThat(first).isPresent();
    assertThat(CacheLock.tryTake(file)).isEmpty();
    first.get().close();
    Optional<CacheLock> next = CacheLock.tryTake(file);
    assertThat(next).isPresent();
    next.get().close();
  }

  /** huggingface_hub locks by flock(2), as the tool of that name does. */
  @Test
  void otherProgramsSeeIt() throws Exception {
    Path file = folder.resolve("a.lock");
    try (CacheLock _ = CacheLock.tryTake(file).orElseThrow()) {
      assertThat(flock(file)).isEqualTo(1);
    }
    assertThat(flock(file)).isZero();
  }

  @Test
  void aLockFileThatWasRemovedGuardsNothing() throws Exception {
    Path file = folder.resolve("a.lock");
    try (CacheLock _ = CacheLock.tryTake(file).orElseThrow()) {
      Files.delete(file);
      try (CacheLock _ = CacheLock.tryTake(file).orElseThrow()) {
        assertThat(CacheLock.tryTake(file)).isEmpty();
      }
    }
  }

  private static int flock(Path file) throws Exception {
    return new ProcessBuilder(
            "python3",
            "-c",
            """
            import fcntl, sys
            try: fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError: sys.exit(1)
            """,
            file.toString())
        .start()
        .waitFor();
  }
}
