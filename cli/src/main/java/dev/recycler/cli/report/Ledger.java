package dev.recycler.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.FileDigest;
import dev.recycler.activities.store.StoredArtifact;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What steps took, as far as it is known. */
@FunctionalInterface
public interface Ledger {
  /** Nothing is known beyond the series' own progress. */
  Ledger NONE = step -> Optional.empty();

  /** What the artifact of a step took, whoever made it, or nothing where there is no record. */
  Optional<Spent> of(String step);

  /**
   * The records of a store; nothing where the store can't be read from here.
   *
   * @param series name of the series
   */
  static Ledger of(Path store, String series) {
    return ArtifactStore.existing(store)
        .<Ledger>map(known -> step -> read(known, series, step))
        .orElse(NONE);
  }

  private static Optional<Spent> read(ArtifactStore store, String series, String step) {
    try {
      return store.linked(series, step).map(Ledger::spent);
    } catch (IOException e) {
      // A report without a cost is better than none.
      return Optional.empty();
    }
  }

  private static Spent spent(StoredArtifact artifact) {
    JsonNode metrics = artifact.record().path("metrics");
    JsonNode parameters = artifact.record().path("parameters");
    boolean tool = !artifact.fingerprint().operation().equals("merge");
    return new Spent(
        metrics.path("seconds").asDouble(0),
        // Records of the first versions have it only where it was not one.
        tool ? metrics.path("gpus").asInt(parameters.path("gpus").asInt(1)) : 0,
        metrics.path("secondsWasted").asDouble(0),
        metrics.path("attempts").asInt(1),
        artifact.files().stream().mapToLong(FileDigest::size).sum(),
        geometry(metrics.path("analysis")));
  }

  private static Spent.Geometry geometry(JsonNode analysis) {
    return analysis.hasNonNull("relativeNorm")
        ? new Spent.Geometry(
            analysis.path("relativeNorm").asDouble(),
            analysis.hasNonNull("cosine") ? (Double) analysis.path("cosine").asDouble() : null)
        : null;
  }
}
