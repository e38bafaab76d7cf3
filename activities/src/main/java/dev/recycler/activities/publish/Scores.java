package dev.recycler.activities.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.activities.store.ArtifactStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A score of the model, as a store keeps it.
 *
 * @param task the harness's name of the task
 * @param metric the harness's name of the metric
 * @param value the score
 * @param standardError its standard error, or null
 * @param examples how many examples were scored
 * @param harness harness and version
 */
record Scores(
    String task, String metric, double value, Double standardError, long examples, String harness) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The scores of the model with this digest among these evaluations, sorted by task. */
  static List<Scores> of(Collection<Path> evaluations, String digest) throws IOException {
    List<Scores> scores = new ArrayList<>();
    for (Path evaluation : evaluations) {
      JsonNode record;
      try {
        record = JSON.readTree(Files.readAllBytes(evaluation.resolve(ArtifactStore.RECORD)));
      } catch (NoSuchFileException e) {
        // Collected, or damaged and set aside.
        continue;
      }
      if (record.path("parameters").path("model").asText().equals(digest)) {
        JsonNode result = record.path("result");
        scores.add(
            new Scores(
                result.path("task").asText(),
                result.path("metric").asText(),
                result.path("value").asDouble(),
                result.hasNonNull("standardError") ? result.path("standardError").asDouble() : null,
                result.path("examples").asLong(),
                result.path("harness").asText()));
      }
    }
    scores.sort(
        Comparator.comparing(Scores::task)
            .thenComparing(Scores::metric)
            .thenComparing(Scores::harness));
    return List.copyOf(scores);
  }
}
