package dev.recycler.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.cli.console.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLockTest {
  @TempDir private Path folder;

  @Test
  void aHomeInUseIsRefusedWithItsOwner() throws IOException {
    try (HomeLock _ = HomeLock.take(folder, "recycler dev")) {
      assertThatThrownBy(() -> HomeLock.take(folder, "recycler quickstart"))
          .isInstanceOf(CommandFailed.class)
          .hasMessageContaining("is in use by 'recycler dev' (process")
          .hasMessageContaining("--home");
    }
  }

  @Test
  void aHomeGivenBackCanBeTakenAgain() throws IOException {
    HomeLock.take(folder, "recycler dev").close();
    HomeLock.take(folder.resolve("to/come"), "recycler dev").close();
    try (HomeLock _ = HomeLock.take(folder, "recycler quickstart")) {
      assertThat(folder.resolve("lock")).content().startsWith("'recycler quickstart'");
    }
  }

  @Test
  void aPlaceWhereNoFolderCanBeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> HomeLock.take(file.resolve("home"), "recycler dev"))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("can't be used");
  }
}
