package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Quickstarts that are ended in the middle of a fine-tuning, and the same command again. */
class PlugPulledIT {
  private static final PackagedCli CLI = new PackagedCli();

  @Test
  void aKilledQuickstartGoesOnWhereItWasAndEndsWithTheSameBytes() throws Exception {
    Path home = Homes.prepared("killed", "iterative");
    PackagedCli.Running first = CLI.start("quickstart", "--home", home.toString());
    awaitCheckpoint(home, 1, first);
    Map<String, String> finished = Homes.records(home);
    first.process().destroyForcibly();
    first.process().waitFor(PackagedCli.PATIENCE_MINUTES, TimeUnit.MINUTES);

    PackagedCli.Result second = CLI.run("quickstart", "--home", home.toString());

    assertThat(second.code()).as(second.err()).isZero();
    // Fine-tuning of M1 at least was over: it was not done again.
    assertThat(finished).isNotEmpty();
    assertThat(Homes.records(home)).containsAllEntriesOf(finished);
    assertSameAsUndisturbed(home);
    assertThat(Homes.processes(home)).isEmpty();
  }

  @Test
  void aKilledTrainerIsStartedAgainFromItsCheckpointAndEndsWithTheSameBytes() throws Exception {
    Path home = Homes.prepared("trainer", "iterative");
    PackagedCli.Running quickstart = CLI.start("quickstart", "--home", home.toString());
    awaitCheckpoint(home, 0, quickstart);
    trainers(home).forEach(ProcessHandle::destroyForcibly);

    PackagedCli.Result result = quickstart.join();

    assertThat(result.code()).as(result.err()).isZero();
    Path finetuned = Homes.artifact(home, firstFinetuning(home));
    assertThat(finetuned.resolve("logs")).isDirectoryContaining("glob:**attempt-2.log");
    assertSameAsUndisturbed(home);
  }

  @Test
  void ctrlCEndsEverythingItStartedAndSaysHowToGoOn() throws Exception {
    Path home = Homes.prepared("interrupted", "plain");
    PackagedCli.Running quickstart = CLI.start("quickstart", "--home", home.toString());
    JsonNode status = awaitRunningFinetuning(home, quickstart);
    int port = Homes.json(home.resolve("server.json")).path("port").asInt();
    assertThat(status.path("running").findValuesAsText("step")).isNotEmpty();
    assertThat(status.path("state").asText()).isEqualTo("running");

    signal("INT", quickstart.process().pid());
    PackagedCli.Result result = quickstart.join();

    assertThat(result.code()).isEqualTo(130);
    assertThat(result.err()).contains("interrupted", "recycler quickstart --home " + home);
    assertThat(Homes.processes(home)).isEmpty();
    assertThat(listens(port)).isFalse();
    assertThat(home.resolve("store/staging")).isEmptyDirectory();
  }

  private static void assertSameAsUndisturbed(Path home) throws IOException, InterruptedException {
    Path reference = Homes.undisturbed().resolve("store/artifacts");
    Path artifacts = home.resolve("store/artifacts");
    for (String operation : List.of("finetune", "merge")) {
      List<Path> made = Homes.list(artifacts.resolve(operation));
      assertThat(made).isNotEmpty();
      for (Path artifact : made) {
        assertThat(artifact.resolve("model.safetensors"))
            .hasSameBinaryContentAs(
                reference.resolve(artifacts.relativize(artifact)).resolve("model.safetensors"));
      }
    }
  }

  /**
   * Waits until a trainer has saved a checkpoint, so that it is in the middle.
   *
   * @param finished how many fine-tunings are over by then
   */
  private static void awaitCheckpoint(Path home, int finished, PackagedCli.Running running)
      throws IOException, InterruptedException {
    while (true) {
      assertThat(running.process().isAlive()).as(PackagedCli.read(running.err())).isTrue();
      long over =
          Homes.records(home).keySet().stream().filter(a -> a.startsWith("finetune")).count();
      assertThat(over).as("fine-tunings that are over").isLessThanOrEqualTo(finished);
      if (over == finished && checkpoint(home).isPresent()) {
        return;
      }
      Thread.sleep(20);
    }
  }

  private static Optional<Path> checkpoint(Path home) throws IOException {
    Path work = home.resolve("store/work/finetune");
    if (!Files.isDirectory(work)) {
      return Optional.empty();
    }
    try (Stream<Path> files =
        Files.find(work, 5, (path, _) -> path.endsWith("trainer_state.json"))) {
      return files.findFirst();
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static List<ProcessHandle> trainers(Path home) {
    List<ProcessHandle> found =
        ProcessHandle.allProcesses()
            .filter(
                process ->
                    process
                        .info()
                        .commandLine()
                        .filter(line -> line.contains("trl") && line.contains(home.toString()))
                        .isPresent())
            .toList();
    assertThat(found).isNotEmpty();
    return found;
  }

  private static String firstFinetuning(Path home) throws IOException {
    return Homes.list(home.resolve("store/series/smoke")).stream()
        .map(link -> link.getFileName().toString())
        .filter(name -> name.startsWith("M1") && name.endsWith("finetune"))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode awaitRunningFinetuning(Path home, PackagedCli.Running running)
      throws IOException, InterruptedException {
    while (true) {
      assertThat(running.process().isAlive()).as(PackagedCli.read(running.err())).isTrue();
      PackagedCli.Result status = CLI.run("status", "smoke", "--json", "--home", home.toString());
      if (status.code() == 0) {
        JsonNode json = new ObjectMapper().readTree(status.out());
        for (JsonNode step : json.path("running")) {
          if (step.path("step").asText().endsWith("finetune") && step.has("log")) {
            return json;
          }
        }
      }
    }
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
