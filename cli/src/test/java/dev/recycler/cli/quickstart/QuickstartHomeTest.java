package dev.recycler.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.workflows.spec.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartHomeTest {
  private static final Parameters PARAMETERS =
      new Parameters(3, 7, List.of(Strategy.PLAIN, Strategy.ITERATIVE), true);

  @TempDir private Path folder;

  @Test
  void remembersItsParameters() {
    QuickstartHome home = new QuickstartHome(folder);
    assertThat(home.parameters()).isEmpty();
    home.mark(PARAMETERS);
    assertThat(new QuickstartHome(folder).parameters()).contains(PARAMETERS);
    assertThat(PARAMETERS.options())
        .isEqualTo("--smoke --releases 3 --seed 7 --strategies plain,iterative");
  }

  @Test
  void clearsWhatIsItsOwnAndFollowsNoLinkOutOfIt() throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Path precious = Files.writeString(outside.resolve("precious"), "x");
    QuickstartHome home = new QuickstartHome(Files.createDirectory(folder.resolve("home")));
    home.mark(PARAMETERS);
    Files.createDirectories(home.folder().resolve("store/artifacts"));
    Files.createSymbolicLink(home.folder().resolve("link"), outside);
    home.clear();
    assertThat(home.folder()).isEmptyDirectory();
    assertThat(precious).exists();
  }

  @Test
  void neverClearsAFolderWithoutItsMark() throws IOException {
    Path file = Files.writeString(folder.resolve("thesis.tex"), "x");
    QuickstartHome home = new QuickstartHome(folder);
    home.clear();
    assertThat(file).exists();
    assertThatThrownBy(home::refuseForeign)
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("holds other things");
  }

  @Test
  void anEmptyOrMissingFolderIsWelcome() {
    new QuickstartHome(folder).refuseForeign();
    new QuickstartHome(folder.resolve("to/come")).refuseForeign();
  }

  @Test
  void aFileIsNoHome() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> new QuickstartHome(file).refuseForeign())
        .hasMessageContaining("is a file");
  }
}
