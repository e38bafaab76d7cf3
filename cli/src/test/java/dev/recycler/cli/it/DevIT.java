package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server and a worker of one's own, and the commands that find them. */
class DevIT {
  private static final PackagedCli CLI = new PackagedCli();

  private static Path finished;
  private static Path home;
  private static Path file;
  private static PackagedCli.Running dev;

  /** The series file of the finished quickstart, with its store: nothing is left to do. */
  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    finished = Homes.undisturbed();
    home = PackagedCli.WORK.resolve("data/recycler/dev");
    Folders.delete(home);
    file = finished.resolve("again.yaml");
    Files.writeString(
        file,
        Files.readString(finished.resolve("series.yaml"))
            .replace("series: smoke", "series: again"));
    dev = CLI.start("dev");
    while (!PackagedCli.read(dev.err()).contains("Ctrl-C ends")) {
      assertThat(dev.process().isAlive()).as(PackagedCli.read(dev.err())).isTrue();
      Thread.sleep(100);
    }
  }

  @AfterAll
  static void endServer() throws InterruptedException {
    dev.process().destroy();
    assertThat(dev.join().err()).contains("Ended.");
    assertThat(Homes.processes(home)).isEmpty();
  }

  @Test
  void aSeriesWhoseModelsAreAllInTheStoreDoesNoWork() throws Exception {
    Map<String, String> before = Homes.records(finished);
    PackagedCli.Result start = CLI.run("start", file.toString(), "--watch");
    assertThat(start.code()).as(start.err() + start.out()).isZero();
    assertThat(start.out()).contains("found in the store", "series again is finished");

    JsonNode status = new ObjectMapper().readTree(CLI.run("status", "again", "--json").out());
    assertThat(status.path("state").asText()).isEqualTo("finished");
    for (JsonNode step : status.path("steps")) {
      if (!step.path("kind").asText().matches("prepare|fetch")) {
        assertThat(step.path("reused").asBoolean()).as(step.path("id").asText()).isTrue();
      }
    }
    assertThat(Homes.records(finished)).isEqualTo(before);

    assertThat(CLI.run("list").out()).contains("again", "finished");
    assertThat(CLI.run("logs", "again", "M1.plain.finetune").out()).contains("loss");
    PackagedCli.Result unknown = CLI.run("logs", "again", "M9.plain.finetune");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("no step M9.plain.finetune");
    PackagedCli.Result resume = CLI.run("resume", "again");
    assertThat(resume.code()).isEqualTo(2);
  }

  @Test
  void aSecondServerInTheSameHomeIsRefused() throws InterruptedException {
    PackagedCli.Result second = CLI.run("dev");
    assertThat(second.code()).isEqualTo(4);
    assertThat(second.err()).contains("is in use by 'recycler dev'", "--home");
  }

  @Test
  void anUnknownSeriesIsNamed() throws InterruptedException {
    PackagedCli.Result result = CLI.run("status", "nosuch");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("there is no series nosuch", "recycler list");
  }

  @Test
  void cancellingAsksOrWantsYes() throws InterruptedException {
    PackagedCli.Result result = CLI.run("cancel", "nosuch");
    assertThat(result.code()).isEqualTo(2);
  }
}
