package dev.recycler.activities.preview;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.StoredArtifact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** What a store's records tell of steps that are not in it. */
final class Records {
  /** What a training's length or speed depends on, without the start's weights or the optimum. */
  private static final Set<String> NO_COST =
      Set.of(
          "start",
          "model",
          "base",
          "finetuned",
          "target",
          "scale",
          "tool",
          "adapter",
          "stops",
          "trainerIs",
          "arguments.learning_rate",
          "arguments.seed",
          "arguments.data_seed",
          "arguments.lr_scheduler_type",
          "arguments.warmup_steps",
          "arguments.warmup_ratio",
          "arguments.weight_decay");

  /** What makes a step another thing altogether, not the same thing done otherwise. */
  private static final Set<String> IDENTITY = Set.of("trainer", "harness", "task");

  private static final Set<String> LENGTHS =
      Set.of("arguments.max_steps", "arguments.max_train_steps", "arguments.num_train_epochs");

  private final ArtifactStore store;
  private final Map<String, List<StoredArtifact>> byOperation = new HashMap<>();

  /** A step that is done, and in what it differs from one that is not. */
  private record Near(StoredArtifact artifact, Differences differences) {
    static Near of(StoredArtifact artifact, Map<String, Object> parameters) {
      return new Near(artifact, Differences.between(parameters(artifact), parameters));
    }

    /** Whether it is the same thing of the same models, done otherwise. */
    boolean isSameThing() {
      return differences.models().isEmpty()
          && differences.keys().stream().noneMatch(IDENTITY::contains);
    }
  }

  Records(ArtifactStore store) {
    this.store = store;
  }

  /**
   * Why the store has not this step.
   *
   * @param linked what the step of this name gave when it was last done
   * @param inputs where the step's input models lie, by role
   */
  List<String> reasons(
      String operation,
      Map<String, Object> parameters,
      Optional<StoredArtifact> linked,
      Map<String, String> inputs)
      throws IOException {
    Optional<Near> ownBefore =
        linked
            .filter(artifact -> artifact.fingerprint().operation().equals(operation))
            .map(artifact -> Near.of(artifact, parameters));
    Optional<Near> nearest = ownBefore;
    if (nearest.isEmpty()) {
      nearest =
          all(operation).stream()
              .map(known -> Near.of(known, parameters))
              .filter(Near::isSameThing)
              .min(
                  Comparator.<Near>comparingInt(near -> near.differences().keys().size())
                      .thenComparing(near -> near.artifact().fingerprint().hex()));
    }
    if (nearest.isEmpty()) {
      return List.of("not done yet");
    }
    Differences differences = nearest.get().differences();
    List<String> reasons = new ArrayList<>();
    for (String role : differences.models()) {
      reasons.add(ofModel(role, nearest.get().artifact(), inputs.get(role)));
    }
    reasons.addAll(differences.phrases());
    if (ownBefore.isEmpty()) {
      // Another series' or another step's: what it has otherwise need not be a change to anybody.
      return List.of("not done yet; the nearest there is: " + String.join("; ", reasons));
    }
    return reasons;
  }

  /** Devices times seconds that steps like this one took, or nothing where there was none. */
  OptionalDouble gpuSeconds(String operation, Map<String, Object> parameters) throws IOException {
    return all(operation).stream()
        .map(known -> cost(known, parameters))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }

  private static OptionalDouble cost(StoredArtifact known, Map<String, Object> parameters) {
    JsonNode before = parameters(known);
    double ratio = 1;
    for (String key : Differences.between(before, parameters).keys()) {
      if (LENGTHS.contains(key)) {
        ratio = lengthNow(parameters, key) / before.at("/" + key.replace('.', '/')).asDouble(0);
      } else if (!NO_COST.contains(key)) {
        return OptionalDouble.empty();
      }
    }
    JsonNode metrics = known.record().path("metrics");
    double seconds =
        metrics.path("seconds").asDouble(-1) - metrics.path("secondsWasted").asDouble(0);
    return seconds < 0 || !Double.isFinite(ratio) || ratio <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(seconds * ratio * before.path("gpus").asInt(1));
  }

  private static double lengthNow(Map<String, Object> parameters, String key) {
    Object value =
        parameters.get("arguments") instanceof Map<?, ?> arguments
            ? arguments.get(key.substring("arguments.".length()))
            : null;
    try {
      return value == null ? 0 : Double.parseDouble(value.toString());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String ofModel(String role, StoredArtifact nearest, String path) {
    for (JsonNode input : nearest.record().path("inputs")) {
      if (input.path("role").asText().equals(role) && input.path("path").asText().equals(path)) {
        return "files changed in " + path;
      }
    }
    String model = role.equals("model") ? "another model" : "another " + role + " model";
    return path == null ? model : model + ": " + path;
  }

  private static JsonNode parameters(StoredArtifact artifact) {
    return artifact.record().path("parameters");
  }

  private List<StoredArtifact> all(String operation) throws IOException {
    List<StoredArtifact> known = byOperation.get(operation);
    if (known == null) {
      known = store.all(operation);
      byOperation.put(operation, known);
    }
    return known;
  }
}
