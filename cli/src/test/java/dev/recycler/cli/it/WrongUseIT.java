package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.Cli;
import dev.recycler.cli.Sessions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Every command used wrongly, and every command that needs a server without one. */
class WrongUseIT {
  private static final PackagedCli CLI = new PackagedCli();
  private static final String NOWHERE = "127.0.0.1:1";

  /** Words with which each command could do its work. */
  private static final Map<String, List<String>> WORDS = new LinkedHashMap<>();

  private static final Map<String, CommandLine> COMMANDS =
      new Cli(new Sessions(PackagedCli.WORK, Map.of()).session()).commandLine().getSubcommands();

  @BeforeAll
  static void collect() throws IOException {
    ToySeries toy = ToySeries.withoutServer("wrong-use");
    String file = toy.file.toString();
    String m1 = toy.folder.resolve("releases/M1").toString();
    String out = toy.folder.resolve("out").toString();
    words("quickstart", "--smoke");
    words("doctor");
    words("init", out + ".yaml", "--release", "M1=" + m1, "--data", m1);
    words("plan", file);
    words("start", file);
    words("list");
    words("status", "toy");
    words("logs", "toy", "M1.plain.finetune");
    words("report", "toy");
    words("pause", "toy");
    words("resume", "toy");
    words("retry", "toy", "M1.plain.finetune");
    words("skip", "toy", "M1.plain.finetune");
    words("approve", "toy", "M1.direct.gate");
    words("add-release", "toy", "M9", m1);
    words("update", "toy", file, "--yes");
    words("finish", "toy");
    words("cancel", "toy", "--yes");
    words("merge", "--base", m1, "--finetuned", m1, "--target", m1, "--out", out);
    words("diff", "extract", "--base", m1, "--finetuned", m1, "--out", out);
    words("analyze", "--base", m1, "--finetuned", m1);
    words("publish", m1, "--to", out);
    words("lineage", m1);
    words("verify", m1);
    words("gc", m1);
    words("dev");
    words("worker");
    words("codec-server");
    words("drill");
    words("completion", "bash");
    words("man");
  }

  private static void words(String command, String... more) {
    WORDS.put(command, List.of(more));
  }

  @Test
  void noCommandIsLeftOut() {
    assertThat(WORDS.keySet()).containsExactlyInAnyOrderElementsOf(COMMANDS.keySet());
  }

  static Stream<String> commands() {
    return COMMANDS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void anUnknownOptionIsNamedWithTheHelpToRead(String command) throws InterruptedException {
    PackagedCli.Result result = run(command, "--nosuch");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines().toList())
        .hasSize(2)
        .satisfiesExactly(
            what ->
                assertThat(what)
                    .startsWith("recycler: recycler ")
                    .contains("has no option --nosuch"),
            help -> assertThat(help).startsWith("Try 'recycler " + command).endsWith(" --help'."));
  }

  static Stream<String> commandsThatNeedWords() {
    return COMMANDS.entrySet().stream()
        .filter(command -> needsWords(command.getValue().getCommandSpec()))
        .map(Map.Entry::getKey);
  }

  private static boolean needsWords(CommandSpec command) {
    return command.args().stream().anyMatch(argument -> argument.required());
  }

  @ParameterizedTest
  @MethodSource("commandsThatNeedWords")
  void whatIsMissingIsNamed(String command) throws InterruptedException {
    PackagedCli.Result result = CLI.run(command);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .startsWith("recycler: Missing required ")
        .endsWith("Try 'recycler " + command + " --help'.\n");
  }

  /**
   * Doctor tells of a server that is not there, gc asks only for series that are forgotten, drill
   * on its own.
   */
  static Stream<String> commandsThatNeedAServer() {
    return COMMANDS.entrySet().stream()
        .filter(command -> command.getValue().getCommandSpec().findOption("--address") != null)
        .map(Map.Entry::getKey)
        .filter(command -> !List.of("doctor", "gc", "drill").contains(command));
  }

  @ParameterizedTest
  @MethodSource("commandsThatNeedAServer")
  void withoutAServerTheAddressIsNamedAndWhatStartsOne(String command) throws Exception {
    PackagedCli.Result result = run(command, "--address", NOWHERE);
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "recycler: no Temporal server answers at "
                + NOWHERE
                + ". 'recycler dev' starts one on this machine; --address, TEMPORAL_ADDRESS or"
                + " temporal.toml name another.\n");
  }

  @Test
  void doctorTellsOfTheMissingServerAndEndsWell() throws InterruptedException {
    PackagedCli.Result result = run("doctor", "--address", NOWHERE);
    assertThat(result.out()).contains("warn  Temporal     not reachable", NOWHERE);
    assertThat(result.code()).isZero();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void withDebugThereIsAStackTrace(String command) throws InterruptedException {
    PackagedCli.Result result = run(command, "--nosuch", "--debug");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("\tat picocli.");
  }

  private static PackagedCli.Result run(String command, String... more)
      throws InterruptedException {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(WORDS.get(command));
    words.addAll(List.of(more));
    return CLI.run(words.toArray(String[]::new));
  }
}
