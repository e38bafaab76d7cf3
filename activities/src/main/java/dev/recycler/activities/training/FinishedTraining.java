package dev.recycler.activities.training;

import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.LogReader;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.store.ModelFiles;
import dev.recycler.activities.training.Checkpoints.Saved;
import dev.recycler.workflows.activity.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training whose result was looked at: whole, readable, with the steps asked for.
 *
 * @param steps optimizer steps of the model
 * @param model folder of the model
 * @param checkpoints the whole states saved before the last step, oldest first
 * @param damaged steps of states saved before the last step that are not as they were saved, by
 *     this attempt or one before it
 * @param loss the last loss that was logged, or null
 */
record FinishedTraining(
    long steps, Path model, List<Saved> checkpoints, List<Long> damaged, Double loss) {
  private static final Logger LOG = LoggerFactory.getLogger(FinishedTraining.class);

  /**
   * Looks at what a trainer left behind that ended with exit code 0.
   *
   * @param former the attempts before it
   * @param tick called again and again while checkpoints are read
   * @throws StepFailed where it is not what was asked for
   */
  static FinishedTraining of(Trainer trainer, Attempt attempt, List<Attempt> former, Runnable tick)
      throws IOException {
    TrainingLog log = trainer.log();
    new LogReader(attempt.log()).finish(log::accept);
    if (log.notANumberAt() != null) {
      throw TrainingJob.notANumber(log, attempt);
    }
    Path model = attempt.output();
    requireModel(trainer, model, attempt);
    List<Saved> all = trainer.checkpoints(model).all();
    List<Saved> whole = undamaged(all, attempt, tick);
    long done = log.step();
    long asked = log.total();
    if (!whole.isEmpty()) {
      done = Math.max(done, whole.getLast().step());
      asked = Math.max(asked, Checkpoints.stepsAsked(whole.getLast()));
    }
    if (done < asked || (asked == 0 && trainer.tellsTotal())) {
      throw new StepFailed(
          FailureKind.TOOL,
          "%s ended with exit code 0 after %d of %s steps; log: %s"
              .formatted(
                  trainer.name(),
                  done,
                  asked == 0 ? "an unknown number of" : asked,
                  attempt.log()));
    }
    long last = done;
    NavigableSet<Long> damaged = damagedBefore(trainer, former);
    all.forEach(saved -> damaged.add(saved.step()));
    whole.forEach(saved -> damaged.remove(saved.step()));
    return new FinishedTraining(
        done,
        model,
        whole.stream().filter(saved -> saved.step() < last).toList(),
        List.copyOf(damaged.headSet(last, false)),
        log.loss());
  }

  /** What of the saved states is whole, and has the models that were saved. */
  private static List<Saved> undamaged(List<Saved> all, Attempt attempt, Runnable tick)
      throws IOException {
    CheckpointSeals seals = CheckpointSeals.beside(attempt.output());
    List<Saved> whole = new ArrayList<>();
    for (Saved saved : all) {
      Optional<String> flaw =
          saved.isWhole()
              ? seals.flaw(saved, ModelFiles::includes, tick)
              : Optional.of(saved.flaw());
      if (flaw.isEmpty()) {
        whole.add(saved);
      } else {
        LOG.warn("{} is left out: {}", saved.folder(), flaw.get());
      }
    }
    return whole;
  }

  /** Steps of states that former attempts had saved, and that were not gone on with. */
  private static NavigableSet<Long> damagedBefore(Trainer trainer, List<Attempt> former)
      throws IOException {
    NavigableSet<Long> damaged = new TreeSet<>();
    for (Attempt attempt : former) {
      CheckpointSeals seals = CheckpointSeals.beside(attempt.output());
      for (Saved saved : trainer.checkpoints(attempt.output()).all()) {
        // One that its trainer was just writing or removing was not damaged.
        if (!saved.isWhole() && seals.hasAllOf(saved)) {
          damaged.add(saved.step());
        }
      }
    }
    return damaged;
  }

  private static void requireModel(Trainer trainer, Path folder, Attempt attempt)
      throws IOException {
    String said = trainer.name() + " ended with exit code 0 and left no whole model: ";
    try (ModelFolder model = ModelFolder.open(folder)) {
      if (model.tensors().isEmpty()) {
        throw new StepFailed(
            FailureKind.TOOL, said + folder + " holds no tensor; log: " + attempt.log());
      }
      String config = model.isAdapter() ? "adapter_config.json" : "config.json";
      if (!Files.exists(folder.resolve(config))) {
        throw new StepFailed(
            FailureKind.TOOL, said + folder + " has no " + config + "; log: " + attempt.log());
      }
    } catch (BadCheckpointException e) {
      if (Files.exists(folder.resolve("pytorch_model.bin"))
          || Files.exists(folder.resolve("pytorch_model.bin.index.json"))) {
        throw new StepFailed(
            FailureKind.USER,
            trainer.name()
                + " wrote pickle weights (pytorch_model.bin), which are never opened because they"
                + " can run code; "
                + trainer.safetensorsRemedy(),
            e);
      }
      throw new StepFailed(FailureKind.TOOL, said + e.getMessage() + "; log: " + attempt.log(), e);
    }
  }
}
