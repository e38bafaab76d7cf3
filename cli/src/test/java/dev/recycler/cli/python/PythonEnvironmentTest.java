package dev.recycler.cli.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.cli.FakePrograms;
import dev.recycler.cli.Sessions;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The install, with scripts in the place of Python and uv: what is made, redone and told. */
class PythonEnvironmentTest {
  /** {@code python -m venv DIR} gives DIR a pip that gives it a uv. */
  private static final String VENV =
      """
      mkdir -p "$4/bin"
      cat > "$4/bin/python" <<'PIP'
      #!/bin/sh
      echo "pip $*" >> "$CALLS"
      cp "$UV" "$(dirname "$0")/uv"
      PIP
      chmod +x "$4/bin/python"
      """;

  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private Sessions sessions;
  private Path calls;

  @BeforeEach
  void setUp() throws IOException {
    Path scripts = Files.createDirectories(folder.resolve("app/deploy/python"));
    Files.writeString(scripts.resolve("bootstrap.lock"), "uv");
    Files.writeString(scripts.resolve("requirements.lock"), "trl");
    calls = folder.resolve("calls");
    // The programs find their own script and log by path, since the environment is not theirs.
    uv("echo 'Installed 3 packages in 1s'");
    Path python =
        FakePrograms.python(
            folder.resolve("python3"),
            11,
            true,
            "CALLS="
                + calls
                + " UV="
                + folder.resolve("uv")
                + "; export CALLS UV\n"
                + VENV.replace("$CALLS", calls.toString())
                    .replace("\"$UV\"", "\"" + folder.resolve("uv") + "\""));
    variables.put("RECYCLER_PYTHON_BASE", python.toString());
    variables.put("PATH", "/usr/bin:/bin");
    sessions = new Sessions(folder, variables);
  }

  private void uv(String sync) throws IOException {
    String script =
        """
      echo "uv $1 $2" >> "$CALLS"
      if [ "$1" = venv ]; then
        for last; do :; done
        mkdir -p "$last/bin"
        : > "$last/bin/python"
        exit
      fi
      echo 'Downloading torch (800.0MiB)'
      SYNC
      """;
    FakePrograms.script(
        folder.resolve("uv"), script.replace("SYNC", sync).replace("$CALLS", calls.toString()));
  }

  private PythonTools ensure() throws InterruptedException {
    sessions = new Sessions(folder, variables);
    try (Progress progress = new Progress(sessions.session())) {
      return new PythonEnvironment(sessions.session().places()).ensure(progress);
    }
  }

  @Test
  void installsOnceHeldToTheHashesAndIsThenFound() throws Exception {
    assertThat(new PythonEnvironment(sessions.session().places()).find()).isEmpty();
    PythonTools tools = ensure();
    assertThat(tools.python()).exists().startsWith(folder.resolve("user/.cache/recycler"));
    assertThat(calls).content().contains("--require-hashes", "uv pip sync");
    assertThat(sessions.err()).contains("Installing the Python tools", "3 packages");

    Files.delete(calls);
    assertThat(ensure()).isEqualTo(tools);
    assertThat(calls).doesNotExist();
    assertThat(sessions.err()).isEmpty();
    assertThat(new PythonEnvironment(sessions.session().places()).find()).contains(tools);
  }

  @Test
  void anotherLockFileGetsAnotherFolder() throws Exception {
    PythonTools tools = ensure();
    Files.writeString(folder.resolve("app/deploy/python/requirements.lock"), "trl 2");
    assertThat(ensure().python()).isNotEqualTo(tools.python());
  }

  @Test
  void anInstallThatWasCutShortIsDoneAgainFromTheStart() throws Exception {
    uv("exit 1");
    assertThatThrownBy(this::ensure).isInstanceOf(CommandFailed.class);
    Path debris;
    try (Stream<Path> found = Files.list(folder.resolve("user/.cache/recycler"))) {
      debris = found.findFirst().orElseThrow().resolve("tools/half");
    }
    Files.writeString(debris, "x");
    uv("echo 'Installed 3 packages in 1s'");
    ensure();
    assertThat(debris).doesNotExist();
  }

  @Test
  void twoAtOnceInstallOnce() throws Exception {
    uv("sleep 1; echo 'Installed 3 packages in 1s'");
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<PythonTools>> both = threads.invokeAll(List.of(this::ensure, this::ensure));
      assertThat(both.get(0).get()).isEqualTo(both.get(1).get());
    }
    assertThat(Files.readAllLines(calls)).filteredOn(line -> line.equals("uv pip sync")).hasSize(1);
  }

  @Test
  void noNetworkIsOneSentenceWithTheLog() throws IOException {
    uv("echo 'error: Failed to fetch: https://…'; echo '  Caused by: dns error'; exit 2");
    assertThatThrownBy(this::ensure)
        .hasMessageContaining("package index could not be reached")
        .hasMessageContaining("install.log");
  }

  @Test
  void aFullDiskIsOneSentence() throws IOException {
    uv("echo 'error: failed to write: No space left on device (os error 28)'; exit 2");
    assertThatThrownBy(this::ensure).hasMessageContaining("the disk was full");
  }

  @Test
  void anyOtherFailureEndsWithWhatTheInstallerSaidLast() throws IOException {
    uv("echo 'error: something new'; exit 2");
    assertThatThrownBy(this::ensure).hasMessageContaining("error: something new");
  }

  @Test
  void anEnvironmentOfOnesOwnMustHaveTheModules() throws IOException {
    Path own = FakePrograms.script(folder.resolve("own/bin/python"), "echo missing trl lm_eval\n");
    variables.put(PythonEnvironment.OWN, own.toString());
    assertThatThrownBy(this::ensure)
        .hasMessageContaining("lacks trl, lm_eval")
        .hasMessageContaining("requirements.lock");
  }

  @Test
  void anEnvironmentOfOnesOwnIsUsedAsItIs() throws Exception {
    Path own = FakePrograms.script(folder.resolve("own/bin/python"), "echo missing\n");
    Path temporal = FakePrograms.script(folder.resolve("own/bin/temporal"), "");
    variables.put(PythonEnvironment.OWN, own.toString());
    assertThat(ensure()).isEqualTo(new PythonTools(own, temporal));
    assertThat(folder.resolve("user/.cache")).doesNotExist();
  }
}
