package dev.recycler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CliTest {
  @TempDir private Path folder;
  private Sessions sessions;

  @BeforeEach
  void setUp() {
    sessions = new Sessions(folder, Map.of());
  }

  private int run(String... args) {
    return new Cli(sessions.session()).run(args);
  }

  @Test
  void helpIsDataAndExitsZero() {
    assertThat(run("--help")).isZero();
    assertThat(sessions.out()).contains("Usage: recycler", "Exit codes");
    assertThat(sessions.err()).isEmpty();
  }

  @Test
  void everyCommandStandsInAGroupOfTheHelp() {
    Set<String> commands = new Cli(sessions.session()).commandLine().getSubcommands().keySet();
    assertThat(CommandGroups.names()).containsAll(commands);
    run("--help");
    assertThat(sessions.out()).contains(commands);
  }

  @Test
  void everyCommandHasADescriptionAndAnExample() {
    for (CommandLine command :
        new Cli(sessions.session()).commandLine().getSubcommands().values()) {
      var usage = command.getCommandSpec().usageMessage();
      assertThat(usage.description()).as(command.getCommandName()).hasSize(1);
      assertThat(String.join("\n", usage.footer()))
          .contains("recycler " + command.getCommandName());
    }
  }

  @Test
  void helpIsAsciiAndFitsATerminal() {
    CommandLine root = new Cli(sessions.session()).commandLine();
    Stream<CommandLine> all =
        Stream.concat(
            Stream.of(root),
            root.getSubcommands().values().stream()
                .flatMap(
                    command ->
                        Stream.concat(
                            Stream.of(command), command.getSubcommands().values().stream())));
    assertThat(all.flatMap(command -> command.getUsageMessage().lines()))
        .allMatch(line -> line.length() <= 80, "at most 80 columns")
        .allMatch(line -> line.chars().allMatch(c -> c < 128), "ASCII");
  }

  @Test
  void examplesAreNotBroken() {
    for (CommandLine command :
        new Cli(sessions.session()).commandLine().getSubcommands().values()) {
      assertThat(command.getUsageMessage().lines())
          .as(command.getCommandName())
          .contains(command.getCommandSpec().usageMessage().footer());
    }
  }

  @Test
  void wrongUseHasAStackTraceWithDebugToo() {
    assertThat(run("status", "--nosuch", "--debug")).isEqualTo(2);
    assertThat(sessions.err()).contains("Unknown option: '--nosuch'", "\tat picocli.");
  }

  @Test
  void noCommandIsWrongUse() {
    assertThat(run()).isEqualTo(2);
    assertThat(sessions.err()).contains("which command?");
    assertThat(sessions.out()).isEmpty();
  }

  @Test
  void aTypoIsAnsweredWithTheNearestCommand() {
    assertThat(run("statsu")).isEqualTo(2);
    assertThat(sessions.err())
        .startsWith("recycler: there is no command statsu; did you mean status, ")
        .endsWith("?\nTry 'recycler --help'.\n");
  }

  @Test
  void aWrongOptionIsAnsweredByItsCommandsHelp() {
    assertThat(run("quickstart", "--smokes")).isEqualTo(2);
    assertThat(sessions.err())
        .isEqualTo(
            """
            recycler: recycler quickstart has no option --smokes; did you mean --smoke?
            Try 'recycler quickstart --help'.
            """);
  }

  @Test
  void aWordTooManyIsNamed() {
    assertThat(run("status", "one", "two")).isEqualTo(2);
    assertThat(sessions.err())
        .startsWith("recycler: recycler status takes no further argument: two");
  }

  @Test
  void aFailureIsOneSentenceWithoutAStackTrace() {
    assertThat(run("start", "nosuch.yaml")).isEqualTo(2);
    assertThat(sessions.err()).isEqualTo("recycler: there is no file nosuch.yaml.\n");
  }

  @Test
  void debugShowsTheStackTrace() {
    assertThat(run("start", "nosuch.yaml", "--debug")).isEqualTo(2);
    assertThat(sessions.err()).contains("there is no file nosuch.yaml.", "\tat dev.recycler.cli");
  }

  @Test
  void quickstartRefusesWhatCanNotBeBeforeItDoesAnything() {
    assertThat(run("quickstart", "--releases", "1")).isEqualTo(2);
    assertThat(run("quickstart", "--releases", "10")).isEqualTo(2);
    assertThat(run("quickstart", "--seed", "-1")).isEqualTo(2);
    assertThat(run("quickstart", "--strategies", "iterativ")).isEqualTo(2);
    assertThat(run("quickstart", "--home", "a[b]")).isEqualTo(2);
    assertThat(sessions.err())
        .contains("--releases is 1", "--releases is 10", "--seed is -1", "'iterativ'", "a[b]");
    assertThat(folder.resolve("user")).doesNotExist();
  }
}
