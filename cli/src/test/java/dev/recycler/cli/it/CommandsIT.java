package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands say and return where something is not as it should be. */
class CommandsIT {
  private static final PackagedCli CLI = new PackagedCli();

  @TempDir private Path folder;

  @Test
  void helpGroupsAllCommandsAndGoesToStdout() throws InterruptedException {
    PackagedCli.Result result = CLI.run("--help");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Start\n", "Follow\n", "Steer\n", "Models\n", "Run\n");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void anUnknownCommandIsAnsweredWithTheNearest() throws InterruptedException {
    PackagedCli.Result result = CLI.run("quikstart");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("quickstart").doesNotContain("Exception");
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "list",
        "report nosuch",
        "resume nosuch",
        "cancel nosuch --yes",
        "logs nosuch step",
        "worker"
      })
  void withoutAServerACommandNamesTheAddressAndWhatStartsOne(String command)
      throws InterruptedException {
    String[] words = (command + " --address 127.0.0.1:1").split(" ");
    PackagedCli.Result result = CLI.run(words);
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains("no Temporal server answers at 127.0.0.1:1", "recycler dev")
        .doesNotContain("Exception", "\tat ");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aBadSeriesFileIsRefusedWithFileLineAndKeyBeforeAnyServerIsAsked()
      throws IOException, InterruptedException {
    Path file = folder.resolve("series.yaml");
    Files.writeString(file, "series: s\nstore: store\nrelases: []\n");
    PackagedCli.Result result = CLI.run("start", file.toString(), "--address", "127.0.0.1:1");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(file + ":3:1", "relases", "releases");
  }

  @Test
  void aSeriesFileThatIsNotThereIsNamed() throws InterruptedException {
    PackagedCli.Result result = CLI.run("start", "nosuch.yaml");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("there is no file nosuch.yaml");
  }

  @Test
  void aFolderWithOtherThingsIsNoHomeAndNothingInItIsTouched()
      throws IOException, InterruptedException {
    Path thesis = Files.writeString(folder.resolve("thesis.tex"), "years of work");
    for (String option : new String[] {"--smoke", "--fresh"}) {
      PackagedCli.Result result = CLI.run("quickstart", option, "--home", folder.toString());
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains(folder.toString(), "--home");
    }
    assertThat(thesis).hasContent("years of work");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(thesis));
  }

  @Test
  void anEnvironmentOfOnesOwnThatCanNotBeUsedIsNamed() throws InterruptedException {
    PackagedCli.Result result =
        CLI.with("RECYCLER_PYTHON", "/nowhere/python")
            .run("quickstart", "--smoke", "--home", folder.resolve("home").toString());
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err()).contains("RECYCLER_PYTHON is /nowhere/python");
  }

  @Test
  void aPortInUseIsNamed() throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      PackagedCli.Result result =
          CLI.run("dev", "--home", folder.resolve("home").toString(), "--port", port);
      assertThat(result.code()).isEqualTo(4);
      assertThat(result.err()).contains("port " + port + " of 127.0.0.1 is in use", "--port");
    }
  }

  @Test
  void doctorTellsOfEverythingAsJson() throws IOException, InterruptedException {
    PackagedCli.Result result = CLI.run("doctor", "--json");
    assertThat(result.code()).isZero();
    assertThat(new ObjectMapper().readTree(result.out()).findValuesAsText("name"))
        .contains("Java", "merge", "Python tools", "GPUs", "Temporal");
  }

  @Test
  void debugShowsWhereAFailureCameFrom() throws InterruptedException {
    PackagedCli.Result result = CLI.run("status", "--debug", "--address", "127.0.0.1:1");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err()).contains("CommandFailed", "\tat dev.recycler.cli");
  }
}
