package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.process.ToolExit.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a supervised tool gets, and what is known of it when it has ended. */
class SupervisedToolTest {
  @TempDir Path folder;

  @Test
  void argumentsReachTheToolAsTheyAre() throws Exception {
    List<String> nasty =
        List.of(
            "two words",
            "it's",
            "\"double\"",
            "$(touch pwned)",
            "`id`",
            "a;b|c&d",
            "line\nbreak",
            "tab\there",
            "*",
            "",
            "ünï→",
            "-n",
            "\\back\\slash",
            "#x",
            "a=b:c!");
    Attempt attempt =
        Runs.start(
            folder.resolve("a run; $(with) 'odd' name"),
            "for a; do printf '%s\\0' \"$a\"; done > arguments",
            nasty.toArray(String[]::new));

    assertThat(Runs.ended(attempt).isZero()).isTrue();
    String seen = Files.readString(attempt.output().resolve("arguments"));
    assertThat(List.of(seen.substring(0, seen.length() - 1).split("\0", -1))).isEqualTo(nasty);
    assertThat(attempt.arguments().subList(4, 4 + nasty.size())).isEqualTo(nasty);
    assertThat(attempt.output().resolve("pwned")).doesNotExist();
  }

  @Test
  void exitCodesAndSignalsAreToldApart() throws Exception {
    ToolExit code = Runs.ended(Runs.start(folder.resolve("code"), "exit 137"));
    assertThat(List.of(code.cause(), code.code(), code.signal()))
        .containsExactly(Cause.BY_ITSELF, 137, 0);

    ToolExit signal = Runs.ended(Runs.start(folder.resolve("signal"), "kill -9 $$"));
    assertThat(List.of(signal.cause(), signal.code(), signal.signal()))
        .containsExactly(Cause.BY_ITSELF, -1, 9);
  }

  @Test
  void bothOutputsGoToTheLogAndTheFolderIsTheWorkingDirectory() throws Exception {
    Attempt attempt = Runs.start(folder.resolve("run"), "echo out; echo err >&2; pwd; cat");

    assertThat(Runs.ended(attempt).isZero()).isTrue();
    assertThat(Files.readString(attempt.log()).lines().toList())
        .containsExactly("out", "err", attempt.output().toRealPath().toString());
  }

  @Test
  void theToolInheritsNothingThatWasNotGiven() throws Exception {
    Attempt attempt =
        Runs.start(folder.resolve("run"), "env | cut -d= -f1; echo --; ls /proc/$$/fd");

    Runs.ended(attempt);
    List<String> lines = Files.readAllLines(attempt.log());
    int cut = lines.indexOf("--");
    // The shell itself adds some names.
    assertThat(lines.subList(0, cut))
        .isSubsetOf("PATH", ProcessTree.TOKEN, "PWD", "SHLVL", "_", "OLDPWD");
    assertThat(lines.subList(cut + 1, lines.size())).containsOnly("0", "1", "2");
  }

  @Test
  void aSecretReachesTheToolAndNoFile() throws Exception {
    String secret = "hush-" + System.nanoTime();
    Map<String, String> environment = new TreeMap<>(Runs.ENVIRONMENT);
    environment.put("HF_TOKEN", secret);
    Attempt attempt =
        new Supervision(Runs.LEASE)
            .startOrAttach(
                folder.resolve("run"),
                (output, _) ->
                    new ToolCommand(
                        List.of("/bin/sh", "-c", "printf %s \"$HF_TOKEN\" | wc -c"),
                        output,
                        environment,
                        Set.of("HF_TOKEN"),
                        Optional.empty(),
                        ToolCommand.Limits.NONE),
                () -> {});

    Runs.ended(attempt);
    assertThat(Files.readString(attempt.log()).strip())
        .isEqualTo(Integer.toString(secret.length()));
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContain(secret);
      }
    }
  }

  @Test
  void aProgramThatIsNotThereIsNamed() throws Exception {
    Attempt attempt =
        new Supervision(Runs.LEASE)
            .startOrAttach(
                folder.resolve("run"),
                (output, _) ->
                    new ToolCommand(List.of("no-such-tool"), output, Map.of("PATH", "/nowhere")),
                () -> {});

    ToolExit exit = Runs.ended(attempt);
    assertThat(exit.cause()).isEqualTo(Cause.NOT_STARTED);
    assertThat(exit.note()).isEqualTo("no program named no-such-tool on the PATH /nowhere");
  }

  @Test
  void timeLimitsEndTheTool() throws Exception {
    assertThat(limited("total", new ToolCommand.Limits(Duration.ofSeconds(1), null, null)).cause())
        .isEqualTo(Cause.TIME_LIMIT);
    assertThat(
            limited("silence", new ToolCommand.Limits(null, Duration.ofSeconds(1), null)).cause())
        .isEqualTo(Cause.SILENCE_LIMIT);
    assertThat(limited("alone", new ToolCommand.Limits(null, null, Duration.ofSeconds(1))).cause())
        .isEqualTo(Cause.UNATTENDED);
  }

  @Test
  void attendingIsSeenByTheSupervisor() throws Exception {
    Attempt attempt = Runs.start(folder.resolve("run"), "sleep 600");
    Path attended = attempt.output().resolveSibling("attended");
    Set<String> seen = new TreeSet<>();

    assertThatThrownBy(
            () ->
                attempt.attend(
                    () -> {
                      if (seen.add(Files.readString(attended)) && seen.size() == 3) {
                        throw new IllegalStateException("seen three times");
                      }
                    },
                    false,
                    Duration.ZERO))
        .hasMessage("seen three times");

    assertThat(attempt.state())
        .as("what fails while attending ends the tool")
        .isEqualTo(Attempt.State.ENDED);
  }

  private ToolExit limited(String name, ToolCommand.Limits limits)
      throws IOException, InterruptedException {
    return Runs.ended(limitedTo(name, "sleep 600", limits));
  }

  private Attempt limitedTo(String name, String program, ToolCommand.Limits limits)
      throws IOException, InterruptedException {
    return new Supervision(Runs.LEASE)
        .startOrAttach(
            folder.resolve(name),
            (output, _) -> Runs.shell(output, program).withLimits(limits),
            () -> {});
  }

  @Test
  void whatSoundsLikeASecretIsOneAndIsTakenOutOfTexts() {
    ToolEnvironment environment =
        ToolEnvironment.of(
            Map.of("HF_TOKEN", "hf_abcdef", "AWS_PROFILE", "mine", "PATH", "/bin"),
            Map.of("TOKENIZERS_PARALLELISM", "false"),
            Map.of("MY_API_KEY", "k-123456", "PATH", "/usr/bin"));

    assertThat(environment.variables().keySet())
        .containsExactlyInAnyOrder("HF_TOKEN", "MY_API_KEY", "PATH", "TOKENIZERS_PARALLELISM");
    assertThat(environment.variables()).containsEntry("PATH", "/usr/bin");
    assertThat(environment.secrets()).containsExactlyInAnyOrder("HF_TOKEN", "MY_API_KEY");
    assertThat(environment.redact("401 for hf_abcdef, k-123456!")).isEqualTo("401 for ***, ***!");
  }

  @Test
  void aVariableWithoutAValueIsTheWorkersOwnAndASecret() {
    ToolEnvironment environment =
        ToolEnvironment.of(
            Map.of("OUR_DATABASE", "ann:horse@db", "UNTOLD", "x"),
            Map.of(),
            Map.of("OUR_DATABASE", "", "NOT_SET", ""));

    assertThat(environment.variables()).containsExactly(Map.entry("OUR_DATABASE", "ann:horse@db"));
    assertThat(environment.secrets()).containsExactly("OUR_DATABASE");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_530, 65_536, 65_541, 131_070})
  void secretsAreTakenOutOfFilesWhereverTheyStandAndOtherBytesStay(int before) throws IOException {
    ToolEnvironment environment =
        new ToolEnvironment(
            Map.of("A_TOKEN", "pässword-1", "B_TOKEN", "pässword-1-and-more", "C_TOKEN", "short"),
            Set.of("A_TOKEN", "B_TOKEN", "C_TOKEN"));
    String text = "\r".repeat(before) + "%s|%s|short, %s\u0000";
    Path log = folder.resolve("log");
    Files.writeString(log, text.formatted("pässword-1-and-more", "pässword-1", "pässword"));

    environment.redactFile(log);

    assertThat(Files.readString(log)).isEqualTo(text.formatted("***", "***", "pässword"));
    assertThat(folder).isDirectoryNotContaining("glob:**.redacted");
  }
}
