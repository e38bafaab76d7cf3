package dev.recycler.activities.training;

import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.Slots.Priority;
import dev.recycler.activities.process.ToolBeats;
import dev.recycler.activities.process.ToolCommand;
import dev.recycler.activities.process.ToolEnvironment;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.store.Folders;
import dev.recycler.activities.training.Checkpoints.Saved;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat.Amount;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One fine-tuning as a tool to be run: its command, and its heartbeats from its log. */
final class TrainingJob implements ToolHost.Job, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingJob.class);

  /** Beside the output of an attempt: the step of the checkpoint that it goes on from. */
  private static final String RESUMED = "resumed-from";

  private final FinetuneInput input;
  private final Trainer trainer;
  private final ToolEnvironment environment;
  private final ToolBeats beats;
  private final FindOrMake.Making making;
  private final TrainingLog progress;
  private final Sealing sealing;

  TrainingJob(
      FinetuneInput input,
      Trainer trainer,
      ToolEnvironment environment,
      ToolBeats beats,
      FindOrMake.Making making) {
    this.input = input;
    this.trainer = trainer;
    this.environment = environment;
    this.beats = beats;
    this.making = making;
    this.progress = trainer.log();
    this.sealing = new Sealing(trainer);
  }

  @Override
  public int devices() {
    return input.finetune().gpus();
  }

  @Override
  public Priority priority() {
    return Priority.FINETUNE;
  }

  @Override
  public ToolEnvironment environment() {
    return environment;
  }

  @Override
  public ToolCommand command(Path output, List<Attempt> former) throws IOException {
    making.requireMissing();
    Optional<Path> resume = bring(former, output);
    List<String> arguments =
        trainer.command(
            new Trainer.Launch(input.finetune(), Path.of(input.start().path()), output, resume));
    return new ToolCommand(
        arguments,
        trainer.directory(output),
        environment.variables(),
        environment.secrets(),
        Optional.empty(),
        ToolCommand.Limits.of(input.finetune().limits()));
  }

  /** Brings the whole checkpoints of former attempts over; the newest is where training goes on. */
  private Optional<Path> bring(List<Attempt> former, Path output) throws IOException {
    TreeMap<Long, Saved> whole = new TreeMap<>();
    for (Attempt attempt : former) {
      for (Saved saved : trainer.checkpoints(attempt.output()).all()) {
        if (saved.isWhole()) {
          whole.put(saved.step(), saved);
        } else {
          setAside(saved, saved.flaw());
        }
      }
    }
    dropDamaged(whole);
    CheckpointSeals seals = CheckpointSeals.beside(output);
    for (Saved saved : whole.values()) {
      Checkpoints.bring(saved.folder(), output);
      seals.bring(CheckpointSeals.beside(saved.folder().getParent()), saved.step());
    }
    long step = whole.isEmpty() ? 0 : whole.lastKey();
    Path resumed = output.resolveSibling(RESUMED);
    Files.writeString(resumed, Long.toString(step));
    Folders.force(resumed);
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    Path newest = output.resolve(whole.lastEntry().getValue().folder().getFileName());
    LOG.info("{} goes on from {}", step(), newest.getFileName());
    return Optional.of(newest);
  }

  /** Takes away the newest ones until one has the bytes that it was sealed with. */
  private void dropDamaged(NavigableMap<Long, Saved> whole) throws IOException {
    while (!whole.isEmpty()) {
      Saved newest = whole.lastEntry().getValue();
      Optional<String> flaw =
          CheckpointSeals.beside(newest.folder().getParent())
              .flaw(newest, _ -> true, () -> waiting("checking the newest checkpoint"));
      if (flaw.isEmpty()) {
        return;
      }
      setAside(newest, flaw.get());
      whole.pollLastEntry();
    }
  }

  private void setAside(Saved saved, String flaw) {
    LOG.warn("{}: {} is set aside: {}", step(), saved.folder(), flaw);
  }

  /** The step that an attempt went on from; 0 where it began anew. */
  static long resumedFrom(Attempt attempt) throws IOException {
    Path file = attempt.output().resolveSibling(RESUMED);
    // Empty where the power failed before it was on disk.
    String step = Files.exists(file) ? Files.readString(file) : "";
    return step.matches("[0-9]{1,18}") ? Long.parseLong(step) : 0;
  }

  @Override
  public void waiting(String why) {
    making.requireMissing();
    beats.waiting(why);
  }

  @Override
  public void running(Attempt attempt) throws IOException {
    beats.read(attempt, progress::accept);
    if (progress.notANumberAt() != null) {
      throw notANumber(progress, attempt);
    }
    String phase =
        progress.total() == 0
            ? "starting"
            : progress.step() < progress.total() ? "training" : "saving";
    beats.running(phase, attempt, figures(attempt));
    sealing.look(attempt);
  }

  /** Nothing is read of its checkpoints any more. */
  @Override
  public void close() {
    sealing.close();
  }

  static StepFailed notANumber(TrainingLog progress, Attempt attempt) {
    return new StepFailed(
        FailureKind.USER,
        "the loss stopped being a finite number about step %d of %d; a lower learning rate, warm-up or another dtype would help; log: %s"
            .formatted(progress.notANumberAt(), progress.total(), attempt.log()));
  }

  /** A sign of life while the result is published. */
  void publishing(Attempt attempt) {
    try {
      beats.alive("publishing", attempt, figures(attempt));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ToolBeats.Figures figures(Attempt attempt) throws IOException {
    return new ToolBeats.Figures(
        new Amount(
            progress.step(),
            progress.total(),
            "steps",
            progress.stepsPerSecond(),
            progress.secondsLeft()),
        progress.loss(),
        progress.learningRate(),
        trainer.checkpoints(attempt.output()).newest());
  }

  private String step() {
    return input.context().step();
  }
}
