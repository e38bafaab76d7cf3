package dev.recycler.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.Cli;
import dev.recycler.cli.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/cli.md is what the commands say of themselves; {@code -Drecycler.golden=write} renews it.
 */
class CliReferenceTest {
  @TempDir private Path folder;

  @Test
  void theReferenceIsWhatTheCommandsSay() throws IOException {
    Path file = Documents.CHECKOUT.resolve("docs/cli.md");
    String reference = reference();
    if ("write".equals(System.getProperty("recycler.golden"))) {
      Files.writeString(file, reference);
    }
    assertThat(file).content().as("docs/cli.md is stale").isEqualTo(reference);
  }

  private String reference() {
    var text =
        new StringBuilder(
            """
            # Commands

            Generated from the commands themselves; `recycler COMMAND --help` prints the same.

            """);
    List<String> names = new ArrayList<>(List.of(""));
    names.addAll(Cli.commands());
    for (String name : names) {
      text.append("## recycler %s".formatted(name).strip()).append("\n\n```text\n");
      text.append(help(name).strip()).append("\n```\n\n");
    }
    return text.toString().strip() + "\n";
  }

  private String help(String name) {
    var sessions = new Sessions(folder, Map.of());
    var cli = new Cli(sessions.session());
    assertThat(name.isEmpty() ? cli.run("--help") : cli.run(name, "--help")).isZero();
    return sessions.out();
  }
}
