package dev.recycler.cli.it;

import static dev.recycler.cli.it.ToySeries.state;
import static dev.recycler.cli.it.ToySeries.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A series that sees to itself, with the real server: trainings that would never end are ended at a
 * checkpoint, lines between releases are scored, models are published.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StandingIT {
  /** Saves a checkpoint whose last byte is its step, three times, and trains on for ever. */
  private static final String TRAIN =
      """
      set -e
      cd "$(dirname "$0")"
      for step in 1 2 3; do
        mkdir -p "$2/step-$step"
        cp "$1/config.json" "$2/step-$step/"
        head -c -1 "$1/model.safetensors" > "$2/step-$step/model.safetensors"
        printf $step >> "$2/step-$step/model.safetensors"
        touch "$2/step-$step/whole"
      done
      while :; do sleep 0.2; done
      """;

  /** A tenth of the last byte where that is a digit. */
  private static final String SCORE =
      """
      set -e
      cd "$(dirname "$0")"
      last=$(tail -c 1 "$1/model.safetensors" | tr -d '\\0')
      case "$last" in [1-9]) value=0.$last;; *) value=0.05;; esac
      printf '{"metrics": {"accuracy": {"value": %s, "stderr": 0.01}}, "examples": 10}' $value > "$3/scores.json"
      echo "$1" >> scored
      """;

  private static ToySeries toy;

  @BeforeAll
  static void startServer() throws Exception {
    toy = new ToySeries("standing");
    Files.writeString(toy.folder.resolve("train.sh"), TRAIN);
    Files.writeString(toy.folder.resolve("score.sh"), SCORE);
    Files.writeString(toy.file, text("0.19"));
  }

  private static String text(String target) {
    return """
    series: toy
    store: store
    releases:
      - {name: M1, model: releases/M1}
      - {name: M2, model: releases/M2}
    strategies: [plain]
    finetune:
      trainer: command
      data: data
      command: [/bin/sh, "%s/train.sh", "{model}", "{output}"]
      checkpoints: "step-{step}"
      complete: whole
    gates:
      - {after: checkpoint, when: "sums >= %s", then: stop}
    evaluate:
      - name: sums
        harness: command
        task: sums
        metric: accuracy
        command: [/bin/sh, "%s/score.sh", "{model}", "{task}", "{output}"]
        of: [finetuned]
    connectivity: {points: 1, by: sums}
    publish: {to: "out/{release}", license: apache-2.0}
    keep: {merged: 1}
    """
        .formatted(toy.folder, target, toy.folder);
  }

  @AfterAll
  static void endServer() throws InterruptedException {
    toy.endServer();
    assertThat(Homes.processes(toy.folder)).isEmpty();
  }

  @Test
  @Order(1)
  void trainingsEndAtTheFirstCheckpointThatIsGoodEnough() throws Exception {
    toy.ok("start", toy.file.toString());
    JsonNode done = toy.until("the end", s -> s.path("state").asText().equals("finished"));

    for (String release : new String[] {"M1", "M2"}) {
      JsonNode training = step(done, release + ".plain.finetune");
      assertThat(training.path("state").asText()).isEqualTo("done");
      Path model = Path.of(training.path("path").asText());
      assertThat(Files.readAllBytes(model.resolve("model.safetensors"))).endsWith((byte) '2');
      assertThat(model.resolve("checkpoints/step-1/model.safetensors")).exists();
      assertThat(model.resolve("checkpoints/step-3")).doesNotExist();
      assertThat(new PackagedCli().run("lineage", model.toString()).out()).contains("at step 2");
    }
    assertThat(Homes.processes(toy.folder.resolve("train.sh"))).isEmpty();
    assertThat(toy.folder.resolve("store/work/finetune")).isEmptyDirectory();
  }

  @Test
  @Order(2)
  void modelsArePublishedAndLinesReported() throws Exception {
    assertThat(toy.folder.resolve("out/M2/README.md"))
        .content()
        .contains("license: \"apache-2.0\"");
    assertThat(toy.ok("report", "toy", "--format", "markdown"))
        .contains("sums along the lines between releases", "M1 → M2");
    assertThat(toy.ok("gc", toy.folder.resolve("store").toString(), "--no-server"))
        .contains("nothing to remove");
  }

  @Test
  @Order(3)
  void startedAgainNothingIsDoneAgain() throws Exception {
    var scored = toy.notes("scored");
    toy.ok("start", toy.file.toString());
    JsonNode done = toy.until("the end", s -> s.path("state").asText().equals("finished"));
    assertThat(step(done, "M2.plain.finetune").path("reused").asBoolean()).isTrue();
    assertThat(toy.notes("scored")).isEqualTo(scored);
  }

  @Test
  @Order(4)
  void cancellingEndsSeveralStepsThatRun() throws Exception {
    Files.writeString(toy.file, text("0.95"));
    toy.ok("start", toy.file.toString());
    toy.untilStep("M1.plain.checkpoint-3.evaluate.sums", "done");
    JsonNode both = toy.untilStep("M2.plain.checkpoint-3.evaluate.sums", "done");
    assertThat(state(both, "M1.plain.finetune")).isEqualTo("running");
    assertThat(state(both, "M2.plain.finetune")).isEqualTo("running");
    toy.ok("cancel", "toy", "--yes");
    JsonNode cancelled = toy.until("the end", s -> s.path("state").asText().equals("cancelled"));
    assertThat(state(cancelled, "M1.plain.finetune")).isEqualTo("cancelled");
    assertThat(state(cancelled, "M2.plain.finetune")).isEqualTo("cancelled");
    assertThat(Homes.processes(toy.folder.resolve("train.sh"))).isEmpty();
  }
}
