package dev.recycler.activities.training;

import dev.recycler.activities.process.ToolBeats;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.ModelFiles;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.CheckpointInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Waits for the next whole checkpoint of a training that runs, and keeps it: a trainer may remove
 * its old ones while they are scored. The files are shared, not copied.
 */
public final class CheckpointStep implements Step<CheckpointInput, Checkpoint> {
  private static final long POLL_MILLIS = 1000;

  private final ToolHome tools;
  private final ToolHost host;
  private final FindOrMake store;

  public CheckpointStep(ToolHome tools, ToolHost host, FindOrMake store) {
    this.tools = tools;
    this.host = host;
    this.store = store;
  }

  @Override
  public Checkpoint run(CheckpointInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    FinetuneInput training = input.training();
    Trainer trainer = Trainer.of(training.finetune(), tools);
    Map<String, Object> parameters = StoppableTrainings.parameters(training, tools);
    Path run =
        ArtifactStore.open(Path.of(training.context().store()))
            .workPlace(Fingerprint.of(FinetuneStep.OPERATION, parameters));
    String name = training.context().step().replaceFirst("\\.finetune$", "");
    // Not the training's own name, whose heartbeats people look at.
    ToolBeats beats = new ToolBeats(monitor, name + ".checkpoints", "steps");
    while (true) {
      beats.waiting("waiting for a checkpoint");
      SortedMap<Long, Path> saved =
          StoppableTrainings.saved(run, trainer, host).tailMap(input.after() + 1);
      if (!saved.isEmpty()) {
        long step = saved.firstKey();
        return keep(
            training,
            new StepContext(
                training.context().series(),
                name + ".checkpoint-" + step,
                training.context().store()),
            parameters,
            step,
            saved.get(step),
            beats,
            monitor);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private Checkpoint keep(
      FinetuneInput training,
      StepContext context,
      Map<String, Object> ofTraining,
      long step,
      Path folder,
      ToolBeats beats,
      StepMonitor monitor)
      throws IOException, InterruptedException {
    Map<String, Object> parameters = new LinkedHashMap<>(ofTraining);
    parameters.put("checkpoint", step);
    Fingerprint fingerprint = Fingerprint.of("checkpoint", parameters);
    Runnable tick = () -> beats.waiting("keeping a checkpoint");
    FindOrMake.Found found =
        store.findOrMake(
            new FindOrMake.Wanted(context, fingerprint, List.of(training.start())),
            tick,
            making -> {
              try (Staging staging = making.store().stage(fingerprint)) {
                TrainingPublisher.linkFiles(folder, staging.folder(), ModelFiles::includes);
                // Some trainers save the bare weights; the rest is as it was at the start.
                copyCompanions(Path.of(training.start().path()), staging.folder());
                return making
                    .store()
                    .publish(staging, lineage(training, parameters, step, monitor), tick);
              }
            });
    StoredArtifact kept = found.artifact();
    return new Checkpoint(
        step,
        new Artifact(kept.folder().toString(), kept.digest(), fingerprint.hex(), found.reused()));
  }

  /** Copies: a release's folder is not ours, and its files may be written to. */
  private static void copyCompanions(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (TrainingPublisher.isCompanion(name) && !Files.exists(to.resolve(name))) {
          Files.copy(file, to.resolve(name));
        }
      }
    }
  }

  private static Lineage lineage(
      FinetuneInput training, Map<String, Object> parameters, long step, StepMonitor monitor) {
    return new Lineage(
        parameters,
        List.of(
            new Lineage.Input("start", training.start().path(), training.start().digest()),
            new Lineage.Input("data", training.finetune().data(), (String) parameters.get("data"))),
        List.of(),
        Map.of(training.finetune().trainer(), (String) parameters.get("tool")),
        monitor.host(),
        Instant.now(),
        Instant.now(),
        Map.of("steps", step),
        null);
  }
}
