package dev.recycler.cli.it;

import static dev.recycler.cli.it.ToySeries.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A series that was done before, beside one that has every device of the only worker in use. */
class BusyWorkerIT {
  private static ToySeries toy;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    toy = new ToySeries("busy-worker");
  }

  @AfterAll
  static void endServer() throws InterruptedException {
    toy.endServer();
    assertThat(Homes.processes(toy.folder)).isEmpty();
  }

  /** The same series under another name, and with another recipe where an argument is given. */
  private static Path file(String name, String... argument) throws IOException {
    String text =
        Files.readString(toy.file)
            .replace("series: toy", "series: " + name)
            .replaceAll("gates:\n.*approve}\n", "");
    for (String word : argument) {
      text = text.replace("\"{output}\"]\nmerge", "\"{output}\", \"" + word + "\"]\nmerge");
    }
    return Files.writeString(toy.folder.resolve(name + ".yaml"), text);
  }

  /** What the server has queued would else begin as soon as a device is free, for weeks perhaps. */
  @Test
  void whatIsQueuedWhenItsSeriesIsPausedDoesNotBegin() throws Exception {
    toy.mark("hold");
    for (String busy : List.of("three", "four")) {
      toy.ok("start", file(busy, busy).toString());
      untilItTrains(busy);
    }
    toy.ok("start", file("paused", "paused").toString());
    untilItTrains("paused");
    int trained = toy.notes("trained").size();
    toy.ok("pause", "paused");
    // A worker asks before what has waited for longer than this.
    Thread.sleep(6000);
    toy.unmark("hold");
    JsonNode status =
        toy.until(
            "paused",
            "no training of paused to begin",
            now ->
                state(now, "M1.plain.finetune").equals("waiting")
                    && state(now, "M2.plain.finetune").equals("waiting"));
    assertThat(status.path("message").asText()).contains("paused");
    untilFinished("three");
    untilFinished("four");
    int ofTwo = toy.notes("trained").size() - trained;
    assertThat(toy.until("paused", "nothing", _ -> true).path("steps"))
        .filteredOn(step -> step.path("id").asText().endsWith(".finetune"))
        .allMatch(step -> step.path("state").asText().equals("waiting"));
    toy.ok("resume", "paused");
    untilFinished("paused");
    assertThat(toy.notes("trained")).hasSize(trained + ofTwo + ofTwo / 2);
  }

  private static void untilItTrains(String series) throws IOException, InterruptedException {
    toy.until(
        series,
        series + " to train",
        status ->
            state(status, "M1.plain.finetune").equals("running")
                && state(status, "M2.plain.finetune").equals("running"));
  }

  private static JsonNode untilFinished(String series) throws IOException, InterruptedException {
    return toy.until(
        series, series + " to end", status -> status.path("state").asText().equals("finished"));
  }

  @Test
  void whatIsInTheStoreWaitsForNoDevice() throws Exception {
    toy.ok("start", file("toy").toString());
    untilFinished("toy");
    List<String> trained = toy.notes("trained");
    List<String> scored = toy.notes("scored");

    toy.mark("hold");
    // Two trainings each, and the worker has four places.
    for (String busy : List.of("one", "two")) {
      toy.ok("start", file(busy, busy).toString());
      untilItTrains(busy);
    }
    toy.ok("start", file("again").toString());
    JsonNode again = untilFinished("again");
    assertThat(again.path("steps"))
        .filteredOn(step -> step.path("id").asText().matches(".*(finetune|evaluate\\..*)"))
        .isNotEmpty()
        .allMatch(step -> step.path("reused").asBoolean());
    assertThat(toy.notes("trained")).isEqualTo(trained);
    assertThat(toy.notes("scored")).isEqualTo(scored);

    toy.unmark("hold");
    untilFinished("one");
    untilFinished("two");
  }
}
