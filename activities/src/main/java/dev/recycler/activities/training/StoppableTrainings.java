package dev.recycler.activities.training;

import dev.recycler.activities.evaluation.EvaluateStep;
import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.activities.training.Checkpoints.Saved;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.StopRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a training that may be stopped is found by. There are two results: the training to its end,
 * and the checkpoint that was taken for the model; each is an artifact of its own, and a training
 * without stops that is there already stands for the first.
 */
final class StoppableTrainings {
  private StoppableTrainings() {}

  /** What determines the training to its end. */
  static Map<String, Object> parameters(FinetuneInput input, ToolHome tools) {
    Map<String, Object> parameters =
        new LinkedHashMap<>(FinetuneStep.parameters(input, Trainer.of(input.finetune(), tools)));
    if (!input.stops().isEmpty()) {
      parameters.put("stops", input.stops().stream().map(rule -> rule(rule, input)).toList());
    }
    return parameters;
  }

  /** What determines the checkpoint that is taken. */
  static Map<String, Object> ofStopped(FinetuneInput input, ToolHome tools) {
    Map<String, Object> parameters = parameters(input, tools);
    parameters.put("taken", "the earliest checkpoint that is good enough");
    return parameters;
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

  /** The training to its end, where it is there; with stops or without. */
  static Optional<StoredArtifact> whole(ArtifactStore store, FinetuneInput input, ToolHome tools)
      throws IOException {
    Optional<StoredArtifact> own =
        store.find(Fingerprint.of(FinetuneStep.OPERATION, parameters(input, tools)));
    return own.isPresent()
        ? own
        : store.find(
            Fingerprint.of(
                FinetuneStep.OPERATION,
                FinetuneStep.parameters(input, Trainer.of(input.finetune(), tools))));
  }

  /** The whole checkpoints that can be read as models, of all attempts so far, by their steps. */
  static SortedMap<Long, Path> saved(Path run, Trainer trainer, ToolHost host) throws IOException {
    SortedMap<Long, Path> saved = new TreeMap<>();
    if (!Files.isDirectory(run)) {
      return saved;
    }
    List<Attempt> attempts = new ArrayList<>(host.supervision().begun(run));
    for (Attempt attempt : attempts) {
      for (Saved state : trainer.checkpoints(attempt.output()).all()) {
        if (state.isWhole() && Checkpoints.holdsModel(state.folder())) {
          saved.putIfAbsent(state.step(), state.folder());
        }
      }
    }
    return saved;
  }
}
