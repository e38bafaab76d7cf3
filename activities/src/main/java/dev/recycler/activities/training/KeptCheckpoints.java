package dev.recycler.activities.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.ToolBeats;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.ModelFiles;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.activities.training.Checkpoints.Saved;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one training: those that its trainer has saved, and those that were kept of
 * them, since a trainer may remove its old ones while they are scored. The files are shared, not
 * copied.
 */
final class KeptCheckpoints {
  private static final Logger LOG = LoggerFactory.getLogger(KeptCheckpoints.class);

  private final FinetuneInput training;
  private final ToolHost host;
  private final FindOrMake store;
  private final Trainer trainer;
  private final TrainingKeys keys;
  private final ArtifactStore artifacts;

  KeptCheckpoints(FinetuneInput training, ToolHome tools, ToolHost host, FindOrMake store)
      throws IOException {
    this.training = training;
    this.host = host;
    this.store = store;
    this.trainer = Trainer.of(training.finetune(), tools);
    this.keys = TrainingKeys.of(training, trainer);
    this.artifacts = ArtifactStore.open(Path.of(training.context().store()));
  }

  TrainingKeys keys() {
    return keys;
  }

  Trainer trainer() {
    return trainer;
  }

  /** Heartbeats under a name of their own: people look at the training's. */
  ToolBeats beats(StepMonitor monitor) {
    return new ToolBeats(monitor, model() + ".checkpoints", "steps");
  }

  /** Id of the model's steps, e.g. {@code M3.iterative}. */
  private String model() {
    return training.context().step().replaceFirst("\\.finetune$", "");
  }

  /** Where the training's attempts lie, as far as there are any. */
  Path run() {
    return artifacts.workPlace(keys.whole());
  }

  /** The attempts so far, oldest first. */
  List<Attempt> attempts() throws IOException {
    return Files.isDirectory(run()) ? host.supervision().begun(run()) : List.of();
  }

  /** The training to its end, where it is there. */
  Optional<StoredArtifact> whole() throws IOException {
    return keys.whole(artifacts);
  }

  /**
   * The whole checkpoints that can be read as models, of all attempts so far or of the training to
   * its end, by their steps. What an attempt did again counts, not what it was done again for.
   */
  SortedMap<Long, Path> saved() throws IOException {
    SortedMap<Long, Path> saved = new TreeMap<>();
    ofAttempts().forEach(state -> saved.put(state.step(), state.folder()));
    saved.putAll(ofEnd());
    return saved;
  }

  private SortedMap<Long, Path> ofEnd() throws IOException {
    return artifacts.has(keys.whole()) || artifacts.has(keys.unstopped())
        ? whole().map(KeptCheckpoints::of).orElseGet(TreeMap::new)
        : new TreeMap<>();
  }

  /** Those of the attempts, the oldest attempt's first. */
  private List<Saved> ofAttempts() throws IOException {
    List<Saved> states = new ArrayList<>();
    for (Attempt attempt : attempts()) {
      for (Saved state : trainer.checkpoints(attempt.output()).all()) {
        if (state.isWhole() && Checkpoints.holdsModel(state.folder())) {
          states.add(state);
        }
      }
    }
    return states;
  }

  private boolean isThere(Path folder) throws IOException {
    return ofAttempts().stream().anyMatch(state -> state.folder().equals(folder))
        || ofEnd().containsValue(folder);
  }

  /**
   * Keeps one that was saved.
   *
   * @param digest what it has to be, where it was kept before
   * @return nothing where the trainer has removed it meanwhile, or has other bytes now
   */
  Optional<Checkpoint> keep(long step, Path folder, Optional<String> digest, StepMonitor monitor)
      throws IOException, InterruptedException {
    Map<String, Object> parameters = new LinkedHashMap<>(keys.ofWhole());
    parameters.put("checkpoint", step);
    Fingerprint fingerprint = Fingerprint.of("checkpoint", parameters);
    ToolBeats beats = beats(monitor);
    Runnable tick = () -> beats.waiting("keeping a checkpoint");
    StepContext context =
        new StepContext(
            training.context().series(),
            model() + ".checkpoint-" + step,
            training.context().store());
    try {
      FindOrMake.Found found =
          store.findOrMake(
              new FindOrMake.Wanted(context, fingerprint, List.of(training.start())),
              tick,
              making -> {
                try (Staging staging = making.store().stage(fingerprint)) {
                  link(folder, staging.folder());
                  requireUndamaged(step, folder, tick);
                  // Some trainers save the bare weights; the rest is as it was at the start.
                  copyCompanions(Path.of(training.start().path()), staging.folder());
                  // A damaged one was set aside by now.
                  Optional<String> before = artifacts.digestOfDamaged(fingerprint);
                  requireSame(staging.folder(), digest.isPresent() ? digest : before, tick);
                  return making.store().publish(staging, lineage(parameters, step, monitor), tick);
                }
              });
      StoredArtifact kept = found.artifact();
      return Optional.of(
          new Checkpoint(
              step,
              new Artifact(
                  kept.folder().toString(), kept.digest(), fingerprint.hex(), found.reused())));
    } catch (NotKept e) {
      LOG.warn("{} was not kept: {}", context.step(), e.getMessage());
      return Optional.empty();
    }
  }

  /** The checkpoints in the artifact of a training, by their steps. */
  static SortedMap<Long, Path> of(StoredArtifact whole) {
    SortedMap<Long, Path> checkpoints = new TreeMap<>();
    for (JsonNode step : whole.result().path("checkpoints")) {
      checkpoints.put(step.asLong(), whole.folder().resolve("checkpoints/step-" + step.asLong()));
    }
    return checkpoints;
  }

  /**
   * Links the files of a checkpoint that its trainer may be removing. It was whole while they were
   * linked if it is so afterwards, for nothing that was removed comes back.
   */
  private void link(Path folder, Path to) throws IOException {
    try {
      Set<String> before = names(folder);
      TrainingPublisher.linkFiles(folder, to, ModelFiles::includes);
      if (isThere(folder) && names(folder).equals(before)) {
        return;
      }
    } catch (NoSuchFileException e) {
      // Gone in the middle of it.
    }
    throw new NotKept("its trainer has removed it");
  }

  /**
   * What of a checkpoint's model is not as it was saved. Its trainer keeps no checksums; the worker
   * that watches it does.
   */
  static Optional<String> flaw(long step, Path folder, Runnable tick) throws IOException {
    return CheckpointSeals.beside(folder.getParent())
        .flaw(new Saved(step, folder, null), ModelFiles::includes, tick);
  }

  private static void requireUndamaged(long step, Path folder, Runnable tick) throws IOException {
    flaw(step, folder, tick)
        .ifPresent(
            flaw -> {
              throw new NotKept(flaw);
            });
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
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

  /**
   * Bytes that were damaged in the store are damaged where they were linked from, too: they must
   * not come back as another model of the same name.
   */
  private void requireSame(Path staged, Optional<String> digest, Runnable tick) throws IOException {
    if (digest.isPresent() && !artifacts.digests(tick).ofModel(staged).equals(digest.get())) {
      throw new NotKept("it has other bytes than when it was kept first");
    }
  }

  private Lineage lineage(Map<String, Object> parameters, long step, StepMonitor monitor) {
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

  /** Why a checkpoint was not kept. */
  private static final class NotKept extends RuntimeException {
    NotKept(String why) {
      super(why);
    }
  }
}
