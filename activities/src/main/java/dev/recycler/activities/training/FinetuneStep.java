package dev.recycler.activities.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.ToolBeats;
import dev.recycler.activities.process.ToolEnvironment;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code FT(start)}: runs the trainer under supervision, from its last whole checkpoint where there
 * is one, and publishes the model. The artifact's folder is the model folder; {@code
 * checkpoints/step-N} holds the models saved on the way, {@code logs/attempt-N.log} what every
 * attempt said.
 */
public final class FinetuneStep implements Step<FinetuneInput, Finetuned> {
  static final String OPERATION = "finetune";

  /** Changed whenever the adapter would give other bytes for the same recipe. */
  private static final int ADAPTER = 1;

  private final ToolHome tools;
  private final ToolHost host;
  private final FindOrMake store;

  public FinetuneStep(ToolHome tools, ToolHost host, FindOrMake store) {
    this.tools = tools;
    this.host = host;
    this.store = store;
  }

  @Override
  public Finetuned run(FinetuneInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    FinetuneSpec spec = input.finetune();
    Trainer trainer = Trainer.of(spec, tools);
    trainer.check(spec);
    TrainingKeys keys = TrainingKeys.of(input, trainer);
    ToolBeats beats = new ToolBeats(monitor, input.context().step(), "steps");
    Optional<Finetuned> known = find(input, keys, beats);
    if (known.isPresent()) {
      return known.get();
    }
    FindOrMake.Found found =
        store.findOrMake(
            new FindOrMake.Wanted(input.context(), keys.whole(), List.of(input.start())),
            () -> beats.waiting("reading the model"),
            making -> train(input, trainer, making, keys.ofWhole(), beats, monitor));
    return result(found.artifact(), found.reused());
  }

  @Override
  public Optional<Finetuned> find(FinetuneInput input, StepMonitor monitor) throws IOException {
    return find(
        input,
        TrainingKeys.of(input, Trainer.of(input.finetune(), tools)),
        new ToolBeats(monitor, input.context().step(), "steps"));
  }

  private Optional<Finetuned> find(FinetuneInput input, TrainingKeys keys, ToolBeats beats)
      throws IOException {
    for (Fingerprint fingerprint : keys.results()) {
      Optional<FindOrMake.Found> found =
          store.find(
              new FindOrMake.Wanted(input.context(), fingerprint, List.of(input.start())),
              () -> beats.waiting("reading the model"));
      if (found.isPresent()) {
        return Optional.of(result(found.get().artifact(), found.get().reused()));
      }
    }
    return Optional.empty();
  }

  private StoredArtifact train(
      FinetuneInput input,
      Trainer trainer,
      FindOrMake.Making making,
      Map<String, Object> parameters,
      ToolBeats beats,
      StepMonitor monitor)
      throws IOException, InterruptedException {
    Path run = making.store().work(making.fingerprint());
    ToolEnvironment environment =
        ToolEnvironment.of(System.getenv(), trainer.environment(), input.finetune().environment());
    TrainingJob job = new TrainingJob(input, trainer, environment, beats, making);
    Attempt attempt;
    try (job) {
      attempt = host.run(run, job);
    }
    FinishedTraining finished =
        ToolHost.judged(
            attempt,
            trainer.name(),
            environment,
            ended ->
                FinishedTraining.of(
                    trainer, ended, before(run, ended), () -> job.publishing(ended)));
    return new TrainingPublisher(making, host, input, trainer, environment, monitor)
        .publish(parameters, run, attempt, finished, () -> job.publishing(attempt));
  }

  private List<Attempt> before(Path run, Attempt attempt) throws IOException {
    return host.supervision().begun(run).stream()
        .filter(former -> former.number() < attempt.number())
        .toList();
  }

  /** What determines the checkpoint that is taken where the training may be stopped. */
  public static Map<String, Object> ofStopped(FinetuneInput input, ToolHome tools) {
    return TrainingKeys.of(input, Trainer.of(input.finetune(), tools)).ofTaken();
  }

  /** What determines the result: the fingerprint is taken of this. */
  public static Map<String, Object> parameters(FinetuneInput input, ToolHome tools) {
    return TrainingKeys.of(input, Trainer.of(input.finetune(), tools)).ofWhole();
  }

  static Map<String, Object> parameters(FinetuneInput input, Trainer trainer) {
    FinetuneSpec spec = input.finetune();
    Pins pins = input.pins();
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("start", input.start().digest());
    parameters.put("data", pins.contents().getOrDefault(spec.data(), "unpinned"));
    parameters.put("trainer", spec.trainer());
    parameters.put("arguments", spec.arguments());
    parameters.put("environment", spec.environment());
    parameters.put(
        "tool", pins.tools().getOrDefault(Pins.tool(spec.trainer(), spec.python()), "unpinned"));
    parameters.put("adapter", ADAPTER);
    if (!spec.launch().isEmpty()) {
      parameters.put("launch", spec.launch());
    }
    if (spec.gpus() != 1) {
      parameters.put("gpus", spec.gpus());
    }
    if (!trainer.identity().isEmpty()) {
      parameters.put("trainerIs", trainer.identity());
    }
    return parameters;
  }

  /** What the step returns for an artifact of the store. */
  public static Finetuned result(StoredArtifact model, boolean reused) {
    JsonNode result = model.result();
    List<Checkpoint> checkpoints = new ArrayList<>();
    for (JsonNode step : result.path("checkpoints")) {
      String folder = "checkpoints/step-" + step.asLong();
      checkpoints.add(
          new Checkpoint(
              step.asLong(),
              new Artifact(
                  model.folder().resolve(folder).toString(),
                  model.digestOf(folder),
                  model.fingerprint().hex(),
                  reused)));
    }
    List<Long> damaged = new ArrayList<>();
    result.path("damaged").forEach(step -> damaged.add(step.asLong()));
    return new Finetuned(
        new Artifact(model.folder().toString(), model.digest(), model.fingerprint().hex(), reused),
        checkpoints,
        result.path("steps").asLong(),
        result.path("seconds").asDouble(),
        result.path("attempts").asInt(),
        result.path("stopped").textValue(),
        damaged);
  }
}
