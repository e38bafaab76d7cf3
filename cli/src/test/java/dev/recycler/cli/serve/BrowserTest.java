package dev.recycler.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.FakePrograms;
import dev.recycler.cli.console.Places;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrowserTest {
  @TempDir private Path folder;

  private Browser browser(Map<String, String> variables) {
    return new Browser(new Places(variables, folder, folder, folder, false));
  }

  @Test
  void theDesktopsOpenerIsGivenTheAddress() throws IOException, InterruptedException {
    FakePrograms.script(
        folder.resolve("bin/xdg-open"), "echo \"$1\" > '" + folder.resolve("opened") + "'\n");
    assertThat(
            browser(Map.of("PATH", "/nowhere:" + folder.resolve("bin")))
                .open("http://127.0.0.1:1/"))
        .isEmpty();
    assertThat(folder.resolve("opened")).hasContent("http://127.0.0.1:1/");
  }

  @Test
  void theUsersOwnChoiceComesFirst() throws IOException, InterruptedException {
    Path mine = FakePrograms.script(folder.resolve("mine"), "exit 3\n");
    assertThat(browser(Map.of("BROWSER", mine.toString(), "PATH", "/usr/bin")).open("file:///x"))
        .contains(mine + " ended with exit code 3");
  }

  @Test
  void withoutAnyThePlacesThatWereLookedAtAreNamed() throws InterruptedException {
    assertThat(browser(Map.of("PATH", folder.toString())).open("file:///x"))
        .contains("no browser was found (BROWSER, xdg-open, wslview, open)");
  }
}
