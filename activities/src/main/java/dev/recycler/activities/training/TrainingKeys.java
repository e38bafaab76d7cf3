package dev.recycler.activities.training;

import dev.recycler.activities.evaluation.EvaluateStep;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.StopRule;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the results of a training are found by. One that may be stopped has two: the training to its
 * end, and the checkpoint that was taken for the model; each is an artifact of its own, and a
 * training without stops that is there already stands for the first.
 *
 * @param ofWhole what determines the training to its end
 * @param ofTaken what determines the checkpoint that is taken
 * @param unstopped fingerprint of the same training without stops
 */
record TrainingKeys(
    Map<String, Object> ofWhole, Map<String, Object> ofTaken, Fingerprint unstopped) {
  /** Asks the trainer what it is, which may take a moment: once for a step. */
  static TrainingKeys of(FinetuneInput input, Trainer trainer) {
    Map<String, Object> plain = FinetuneStep.parameters(input, trainer);
    Map<String, Object> whole = new LinkedHashMap<>(plain);
    if (!input.stops().isEmpty()) {
      whole.put("stops", input.stops().stream().map(rule -> rule(rule, input)).toList());
    }
    Map<String, Object> taken = new LinkedHashMap<>(whole);
    taken.put("taken", "the earliest checkpoint that is good enough");
    return new TrainingKeys(whole, taken, fingerprint(plain));
  }

  private static Map<String, Object> rule(StopRule rule, FinetuneInput input) {
    Map<String, Object> how =
        new LinkedHashMap<>(
            EvaluateStep.parameters(
                new EvaluateInput(
                    input.context(), input.start(), rule.evaluation(), input.pins())));
    how.remove("model");
    return Map.of(
        "when",
        "%s %s".formatted(rule.when().comparison(), rule.when().threshold()),
        "margin",
        rule.when().margin(),
        "evaluation",
        how);
  }

  private static Fingerprint fingerprint(Map<String, Object> parameters) {
    return Fingerprint.of(FinetuneStep.OPERATION, parameters);
  }

  /** Of the training to its end. */
  Fingerprint whole() {
    return fingerprint(ofWhole);
  }

  /** Of the checkpoint that is taken. */
  Fingerprint taken() {
    return fingerprint(ofTaken);
  }

  /**
   * What determines the checkpoint that is taken where somebody gave up the scores of earlier ones:
   * nobody who asks for what the recipe says is to find it.
   *
   * @param unscored the steps of those; none where all were scored
   */
  Map<String, Object> ofTaken(List<Long> unscored) {
    if (unscored.isEmpty()) {
      return ofTaken;
    }
    Map<String, Object> parameters = new LinkedHashMap<>(ofTaken);
    parameters.put("unscored", unscored);
    return parameters;
  }

  /** Of that one. */
  Fingerprint taken(List<Long> unscored) {
    return fingerprint(ofTaken(unscored));
  }

  /**
   * What the step may give, the first that is there: also one that another rule has not stopped.
   */
  List<Fingerprint> results() {
    return whole().equals(unstopped) ? List.of(unstopped) : List.of(taken(), whole(), unstopped);
  }

  /** The training to its end, where it is there; with stops or without. */
  Optional<StoredArtifact> whole(ArtifactStore store) throws IOException {
    Optional<StoredArtifact> own = store.find(whole());
    return own.isPresent() ? own : store.find(unstopped);
  }
}
