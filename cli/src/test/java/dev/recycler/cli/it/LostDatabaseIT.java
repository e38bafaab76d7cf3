package dev.recycler.cli.it;

import static dev.recycler.cli.it.ToySeries.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Temporal knew is lost in the middle of a series; the store knows what was finished. */
class LostDatabaseIT {
  @Test
  void theSameFileAgainFinishesWithoutRepeatingAFinishedStep() throws Exception {
    ToySeries toy = new ToySeries("lost-database");
    try {
      toy.ok("start", toy.file.toString());
      toy.untilStep("M2.direct.gate", "running");
      JsonNode before =
          toy.until(
              "the scores",
              s ->
                  ToySeries.state(s, "M1.plain.finetuned.evaluate.words").equals("done")
                      && ToySeries.state(s, "M1.plain.finetuned.evaluate.sums").equals("done")
                      && ToySeries.state(s, "M2.plain.finetuned.evaluate.words").equals("done")
                      && ToySeries.state(s, "M2.plain.finetuned.evaluate.sums").equals("done"));
      toy.mark("hold");
      toy.ok("approve", "toy", "M2.direct.gate");
      toy.untilStep("M2.direct.finetune", "running");
      Map<String, String> records = Homes.records(toy.folder);
      List<String> trained = toy.notes("trained");
      List<String> scored = toy.notes("scored");
      // Two trainings, a merge, and five scores.
      assertThat(records).hasSize(2 + 1 + 5);

      toy.killServer();
      deleteDatabase(Path.of(toy.home()));
      toy.startServer();
      assertThat(toy.refused("status", "toy")).contains("there is no series toy");
      toy.unmark("hold");
      toy.ok("start", toy.file.toString());
      toy.untilStep("M2.direct.gate", "running");
      toy.ok("approve", "toy", "M2.direct.gate");
      JsonNode after = toy.until("the end", s -> s.path("state").asText().equals("finished"));

      for (JsonNode old : before.path("steps")) {
        String kind = old.path("kind").asText();
        if (old.path("state").asText().equals("done") && !kind.matches("prepare|fetch|decide")) {
          String id = old.path("id").asText();
          assertThat(step(after, id).path("reused").asBoolean()).as(id).isTrue();
        }
      }
      assertThat(Homes.records(toy.folder)).containsAllEntriesOf(records);
      // One training more, which ran when the database was lost, and its two scores.
      assertThat(toy.notes("trained")).startsWith(trained.toArray(String[]::new)).hasSize(3);
      assertThat(toy.notes("scored")).startsWith(scored.toArray(String[]::new)).hasSize(7);
      assertThat(toy.notes("trained")).doesNotHaveDuplicates();
    } finally {
      toy.endServer();
    }
  }

  private static void deleteDatabase(Path home) throws IOException {
    int deleted = 0;
    for (Path file : Homes.list(home)) {
      if (file.getFileName().toString().startsWith("temporal.db")) {
        Files.delete(file);
        deleted++;
      }
    }
    assertThat(deleted).isPositive();
  }
}
