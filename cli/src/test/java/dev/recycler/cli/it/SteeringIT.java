package dev.recycler.cli.it;

import static dev.recycler.cli.it.ToySeries.state;
import static dev.recycler.cli.it.ToySeries.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Every command that steers a series, from another process, on one series as it goes on. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SteeringIT {
  private static ToySeries toy;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    toy = new ToySeries("steering");
    toy.mark("hold");
    toy.mark("no-words");
  }

  @AfterAll
  static void endServer() throws InterruptedException {
    toy.endServer();
    assertThat(Homes.processes(toy.folder)).isEmpty();
  }

  @Test
  @Order(1)
  void ofTwoWhoStartAtOnceOneStartsAndTheOtherFindsItRunning() throws Exception {
    PackagedCli.Running one = toy.start("start", toy.file.toString());
    PackagedCli.Running other = toy.start("start", toy.file.toString());
    List<PackagedCli.Result> both = List.of(one.join(), other.join());
    assertThat(both).allSatisfy(r -> assertThat(r.code()).as(r.err()).isZero());
    assertThat(both.get(0).err() + both.get(1).err())
        .contains("Series toy started.", "Series toy is already running.");
    toy.untilStep("M1.plain.finetune", "running");
  }

  @Test
  @Order(2)
  void anotherFileOfThatNameIsRefusedWithTheDifference() throws Exception {
    var other = toy.folder.resolve("other.yaml");
    Files.writeString(other, Files.readString(toy.file).replace("scale: 1.0", "scale: 0.5"));
    assertThat(toy.refused("start", other.toString()))
        .contains("merge.scale is 1.0 there and 0.5 here", "recycler update toy");
  }

  @Test
  @Order(3)
  void pauseFinishesWhatRunsAndStartsNothing() throws Exception {
    toy.ok("pause", "toy");
    toy.unmark("hold");
    toy.untilStep("M1.plain.finetune", "done");
    JsonNode paused = toy.untilStep("M2.plain.finetune", "done");
    assertThat(paused.path("message").asText()).startsWith("paused");
    assertThat(state(paused, "M2.direct.merge")).isEqualTo("waiting");
    assertThat(toy.refused("pause", "toy")).contains("paused already");
    assertThat(toy.notes("scored")).isEmpty();
  }

  @Test
  @Order(4)
  void ofTwoWhoResumeAtOnceNothingIsDoneTwice() throws Exception {
    PackagedCli.Running one = toy.start("resume", "toy");
    PackagedCli.Running other = toy.start("resume", "toy");
    List<Integer> codes = List.of(one.join().code(), other.join().code());
    // The second may be told that there is nothing left to resume.
    assertThat(codes).contains(0).isSubsetOf(0, 2);
    toy.untilStep("M1.plain.finetuned.evaluate.words", "failed");
    JsonNode status = toy.untilStep("M2.plain.finetuned.evaluate.words", "failed");
    assertThat(step(status, "M1.plain.finetuned.evaluate.words").path("failure").asText())
        .contains("accuracy", "other");
    assertThat(toy.notes("trained")).hasSize(2);
  }

  @Test
  @Order(5)
  void retryTriesOneStepAgainAndLeavesTheOther() throws Exception {
    toy.unmark("no-words");
    toy.ok("retry", "toy", "M1.plain.finetuned.evaluate.words");
    JsonNode status = toy.untilStep("M1.plain.finetuned.evaluate.words", "done");
    assertThat(state(status, "M2.plain.finetuned.evaluate.words")).isEqualTo("failed");
    assertThat(toy.refused("retry", "toy", "M9.fetch")).contains("no step M9.fetch");
  }

  @Test
  @Order(6)
  void skipGivesAStepUp() throws Exception {
    assertThat(toy.ok("skip", "toy", "M2.plain.finetuned.evaluate.words"))
        .contains("is skipped", "recycler retry toy M2.plain.finetuned.evaluate.words");
    toy.untilStep("M2.plain.finetuned.evaluate.words", "cancelled");
  }

  @Test
  @Order(7)
  void approveLetsTheGateGoOn() throws Exception {
    JsonNode waits = toy.until("the gate", s -> s.path("message").asText().contains("waits"));
    assertThat(waits.path("message").asText()).contains("recycler approve toy M2.direct.gate");
    assertThat(state(waits, "M2.direct.finetune")).isEqualTo("waiting");
    toy.mark("hold");
    toy.ok("approve", "toy", "M2.direct.gate");
    toy.untilStep("M2.direct.finetune", "running");
    assertThat(toy.refused("approve", "toy", "M2.direct.gate")).contains("does not wait");
  }

  @Test
  @Order(8)
  void addReleaseCarriesTheStrategiesOn() throws Exception {
    toy.ok("add-release", "toy", "M3", release(3));
    toy.untilStep("M3.plain.finetune", "running");
    assertThat(toy.refused("add-release", "toy", "M3", release(4))).contains("release M3 already");
    toy.unmark("hold");
    toy.untilStep("M3.direct.gate", "running");
    toy.ok("approve", "toy", "M3.direct.gate");
    JsonNode done = toy.until("the end", s -> s.path("state").asText().equals("finished"));
    assertThat(state(done, "M3.direct.finetuned.evaluate.words")).isEqualTo("done");
    assertThat(toy.notes("trained")).hasSize(5).doesNotHaveDuplicates();
    assertThat(toy.refused("pause", "toy")).contains("series toy has ended");
  }

  @Test
  @Order(9)
  void updateShowsWhatItWouldDoAndAsksOrWantsYes() throws Exception {
    Files.writeString(
        toy.file, toy.text("1.0", toy.release(1), toy.release(2), toy.release(3), toy.release(4)));
    toy.mark("hold");
    toy.ok("start", toy.file.toString());
    toy.untilStep("M4.plain.finetune", "running");
    var corrected = toy.folder.resolve("corrected.yaml");
    Files.writeString(corrected, Files.readString(toy.file).replace("scale: 1.0", "scale: 0.5"));
    PackagedCli.Result asked = toy.run("update", "toy", corrected.toString());
    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.out())
        .contains(
            "merge.scale is 1.0 there and 0.5 here",
            "M2.direct.merge: merge changed: scale 1.0 → 0.5")
        .doesNotContain("M1.plain.finetune:");
    assertThat(asked.err()).contains("--yes");

    assertThat(toy.ok("update", "toy", corrected.toString(), "--yes"))
        .contains("takes up the file");
    assertThat(toy.status().path("message").asText()).contains("takes up a corrected file");
    toy.unmark("hold");
    JsonNode status = toy.untilStep("M2.direct.gate", "running");
    assertThat(step(status, "M2.direct.merge").path("reused").asBoolean()).isFalse();
    assertThat(step(status, "M1.plain.finetune").path("reused").asBoolean()).isTrue();
    toy.untilStep("M4.plain.finetune", "done");
    // Only the new release was trained.
    assertThat(toy.notes("trained")).hasSize(6).doesNotHaveDuplicates();
    assertThat(toy.ok("update", "toy", corrected.toString(), "--yes")).contains("changes nothing");
  }

  @Test
  @Order(10)
  void cancelEndsWhatRunsAndStartGoesOnWithWhatIsFinished() throws Exception {
    toy.mark("hold");
    toy.ok("approve", "toy", "M2.direct.gate");
    toy.until("training", s -> s.path("running").findValuesAsText("log").size() == 1);
    assertThat(toy.refused("cancel", "toy")).contains("--yes");
    assertThat(state(toy.status(), "M2.direct.finetune")).isEqualTo("running");
    toy.ok("cancel", "toy", "--yes");
    JsonNode cancelled = toy.until("the end", s -> s.path("state").asText().equals("cancelled"));
    assertThat(state(cancelled, "M2.direct.finetune")).isEqualTo("cancelled");
    assertThat(Homes.processes(toy.folder.resolve("train.sh"))).isEmpty();

    Map<String, String> before = Homes.records(toy.folder);
    List<String> trained = toy.notes("trained");
    toy.unmark("hold");
    toy.ok("start", toy.folder.resolve("corrected.yaml").toString());
    JsonNode again = toy.untilStep("M4.direct.gate", "running");
    assertThat(step(again, "M4.direct.merge").path("reused").asBoolean()).isTrue();
    assertThat(Homes.records(toy.folder)).isEqualTo(before);
    assertThat(toy.notes("trained")).isEqualTo(trained);
  }

  /** As one types them in one line. */
  @Test
  @Order(11)
  void aStartRightAfterACancelWaitsForItsEnd() throws Exception {
    toy.mark("hold");
    toy.ok("approve", "toy", "M4.direct.gate");
    toy.untilStep("M4.direct.finetune", "running");
    toy.until("training", s -> s.path("running").findValuesAsText("log").size() == 1);
    toy.ok("cancel", "toy", "--yes");
    String corrected = toy.folder.resolve("corrected.yaml").toString();
    toy.ok("start", corrected);
    toy.unmark("hold");
    toy.until("the gate", s -> state(s, "M4.direct.gate").equals("running"));
    assertThat(toy.status().path("state").asText()).isNotEqualTo("cancelled");

    toy.ok("cancel", "toy", "--yes");
    toy.until("the end", s -> s.path("state").asText().equals("cancelled"));
    Path shorter =
        Files.writeString(
            toy.folder.resolve("shorter.yaml"), toy.text("1.0", toy.release(1), toy.release(2)));
    assertThat(toy.run("start", shorter.toString()).err())
        .contains("Release M3, which it had before, is not in the file: 'recycler add-release toy");
  }

  private static String release(int number) throws IOException {
    toy.release(number);
    return toy.folder.resolve("releases/M" + number).toString();
  }
}
