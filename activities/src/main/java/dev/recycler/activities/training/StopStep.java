package dev.recycler.activities.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.ToolBeats;
import dev.recycler.activities.process.ToolEnvironment;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.ModelFiles;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.activity.Steps.StopInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a checkpoint of a training that is over, or was ended, for the fine-tuned model. */
public final class StopStep implements Step<StopInput, Finetuned> {
  private static final Logger LOG = LoggerFactory.getLogger(StopStep.class);

  private final ToolHome tools;
  private final ToolHost host;
  private final FindOrMake store;

  public StopStep(ToolHome tools, ToolHost host, FindOrMake store) {
    this.tools = tools;
    this.host = host;
    this.store = store;
  }

  @Override
  public Finetuned run(StopInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    FinetuneInput training = input.training();
    KeptCheckpoints checkpoints = new KeptCheckpoints(training, tools, host, store);
    TrainingKeys keys = checkpoints.keys();
    ToolBeats beats = new ToolBeats(monitor, training.context().step(), "steps");
    Runnable tick = () -> beats.waiting("taking a checkpoint for the model");
    FindOrMake.Found found =
        store.findOrMake(
            new FindOrMake.Wanted(
                training.context(),
                keys.taken(input.unscored()),
                List.of(training.start(), input.at().model())),
            tick,
            making -> take(input, checkpoints, making, tick, monitor));
    // The optimizer's states went on from where nobody goes any more.
    ArtifactStore.open(Path.of(training.context().store())).dropWork(keys.whole());
    return FinetuneStep.result(found.artifact(), found.reused());
  }

  private StoredArtifact take(
      StopInput input,
      KeptCheckpoints kept,
      FindOrMake.Making making,
      Runnable tick,
      StepMonitor monitor)
      throws IOException {
    FinetuneInput training = input.training();
    Map<String, Object> parameters = kept.keys().ofTaken(input.unscored());
    Past past = past(kept);
    long at = input.at().step();
    try (Staging staging = making.store().stage(making.fingerprint())) {
      TrainingPublisher.linkFiles(
          Path.of(input.at().model().path()), staging.folder(), ModelFiles::includes);
      NavigableMap<Long, Path> earlier = new TreeMap<>(past.checkpoints().headMap(at));
      List<Long> damaged = dropDamaged(earlier, tick);
      for (Map.Entry<Long, Path> saved : earlier.entrySet()) {
        Path folder = staging.folder().resolve("checkpoints/step-" + saved.getKey());
        Files.createDirectories(folder);
        TrainingPublisher.linkFiles(saved.getValue(), folder, ModelFiles::includes);
        TrainingPublisher.linkFiles(
            staging.folder(),
            folder,
            file -> TrainingPublisher.isCompanion(file) && !Files.exists(folder.resolve(file)));
      }
      ToolEnvironment environment =
          ToolEnvironment.of(
              System.getenv(), kept.trainer().environment(), training.finetune().environment());
      if (past.run().isPresent()) {
        host.keepLogs(past.run().get(), staging.folder().resolve("logs"), environment);
      }
      Lineage lineage =
          new Lineage(
              parameters,
              List.of(
                  new Lineage.Input("start", training.start().path(), training.start().digest()),
                  new Lineage.Input(
                      "data", training.finetune().data(), (String) parameters.get("data"))),
              past.commands(),
              Map.of(training.finetune().trainer(), (String) parameters.get("tool")),
              monitor.host(),
              past.started(),
              Instant.now(),
              Map.of(
                  "steps", at,
                  "seconds", past.seconds(),
                  "attempts", past.attempts(),
                  "gpus", training.finetune().gpus(),
                  "stoppedAt", at,
                  "stoppedBecause", input.why()),
              new TrainingPublisher.Result(
                  at,
                  past.seconds(),
                  past.attempts(),
                  List.copyOf(earlier.keySet()),
                  damaged,
                  input.why()));
      return making.store().publish(staging, lineage, tick);
    }
  }

  /** Takes away those that are not as they were saved, and tells their steps. */
  private static List<Long> dropDamaged(NavigableMap<Long, Path> checkpoints, Runnable tick)
      throws IOException {
    List<Long> damaged = new ArrayList<>();
    for (Map.Entry<Long, Path> saved : checkpoints.entrySet()) {
      Optional<String> flaw = KeptCheckpoints.flaw(saved.getKey(), saved.getValue(), tick);
      if (flaw.isPresent()) {
        LOG.warn("{} is left out: {}", saved.getValue(), flaw.get());
        damaged.add(saved.getKey());
      }
    }
    damaged.forEach(checkpoints::remove);
    return damaged;
  }

  /**
   * The training so far.
   *
   * @param run where its attempts lie; nothing where it went to its end
   * @param checkpoints folders of its checkpoints by their steps
   */
  private record Past(
      Optional<Path> run,
      SortedMap<Long, Path> checkpoints,
      List<List<String>> commands,
      Instant started,
      double seconds,
      int attempts) {}

  private static Past past(KeptCheckpoints kept) throws IOException {
    Optional<StoredArtifact> whole = kept.whole();
    if (whole.isPresent()) {
      return ofArtifact(whole.get());
    }
    List<List<String>> commands = new ArrayList<>();
    double seconds = 0;
    Instant started = Instant.now();
    List<Attempt> attempts = kept.attempts();
    for (Attempt attempt : attempts) {
      commands.add(attempt.arguments());
      seconds += attempt.seconds();
      started = attempt.claimed().isBefore(started) ? attempt.claimed() : started;
    }
    return new Past(
        attempts.isEmpty() ? Optional.empty() : Optional.of(kept.run()),
        kept.saved(),
        commands,
        started,
        seconds,
        attempts.size());
  }

  private static Past ofArtifact(StoredArtifact whole) {
    List<List<String>> commands = new ArrayList<>();
    for (JsonNode command : whole.record().path("commands")) {
      List<String> words = new ArrayList<>();
      command.forEach(word -> words.add(word.asText()));
      commands.add(words);
    }
    return new Past(
        Optional.empty(),
        KeptCheckpoints.of(whole),
        commands,
        Instant.parse(whole.record().path("started").asText()),
        whole.result().path("seconds").asDouble(),
        whole.result().path("attempts").asInt());
  }
}
