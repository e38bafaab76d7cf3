package dev.recycler.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.recycler.cli.Cli;
import dev.recycler.cli.Sessions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellTest {
  @TempDir private Path folder;

  private String printed(String... args) {
    var sessions = new Sessions(folder, Map.of());
    assertThat(new Cli(sessions.session()).run(args)).isZero();
    return sessions.out();
  }

  private String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void bashCompletesCommandsAndOptions() throws Exception {
    Path script = folder.resolve("recycler.bash");
    Files.writeString(script, printed("completion", "bash"));
    String ask =
        "source '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='x'; _complete_recycler; echo ${COMPREPLY[@]}";
    assertThat(output("bash", "-c", ask.formatted(script, "recycler mer", 1))).contains("merge");
    assertThat(output("bash", "-c", ask.formatted(script, "recycler merge --sc", 2)))
        .contains("--scale", "--scale-for");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zsh", "fish"})
  void theScriptIsOneOfTheShell(String shell) throws Exception {
    Path script = folder.resolve("completion." + shell);
    Files.writeString(script, printed("completion", shell));
    assertThat(script).content().contains("merge", "scale-for", "quickstart");
    assumeTrue(installed(shell), shell + " is not installed here");
    output(shell, "-n", script.toString());
  }

  @Test
  void manPagesRender() throws Exception {
    Path pages = folder.resolve("man1");
    printed("man", "--to", pages.toString());
    assertThat(pages.resolve("recycler.1")).content().contains(".SH COMMANDS", ".B quickstart");
    assertThat(pages.resolve("recycler-merge.1"))
        .content()
        .isEqualTo(printed("man", "merge"))
        .startsWith(".TH RECYCLER\\-MERGE 1\n.SH NAME\nrecycler\\-merge \\- ")
        .contains(".B \\-\\-scale=X", ".SH EXAMPLES\n.nf\n");
    assumeTrue(installed("man"), "man is not installed here");
    assertThat(output("man", "-l", "-P", "cat", pages.resolve("recycler-merge.1").toString()))
        .contains("--shard-size");
  }

  private static boolean installed(String program) throws IOException, InterruptedException {
    return new ProcessBuilder(List.of("sh", "-c", "command -v " + program)).start().waitFor() == 0;
  }
}
