package dev.recycler.activities.training;

import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.LogReader;
import dev.recycler.activities.process.Slots.Priority;
import dev.recycler.activities.process.ToolCommand;
import dev.recycler.activities.process.ToolEnvironment;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.training.Checkpoints.Saved;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One fine-tuning as a tool to be run: its command, and its heartbeats from its log. */
final class TrainingJob implements ToolHost.Job {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingJob.class);

  /** Beside the output of an attempt: the step of the checkpoint that it goes on from. */
  private static final String RESUMED = "resumed-from";

  private static final long TICK_NANOS = 1_000_000_000L;

  private final FinetuneInput input;
  private final Trainer trainer;
  private final ToolEnvironment environment;
  private final StepMonitor monitor;
  private final TrainingLog progress;
  private LogReader reader;
  private long lastTick;

  TrainingJob(
      FinetuneInput input, Trainer trainer, ToolEnvironment environment, StepMonitor monitor) {
    this.input = input;
    this.trainer = trainer;
    this.environment = environment;
    this.monitor = monitor;
    this.progress = trainer.log();
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
  public ToolCommand command(Path output, List<Attempt> former) throws IOException {
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
        ToolCommand.Limits.NONE);
  }

  /** Brings the whole checkpoints of former attempts over; the newest is where training goes on. */
  private Optional<Path> bring(List<Attempt> former, Path output) throws IOException {
    Map<Long, Saved> whole = new TreeMap<>();
    for (Attempt attempt : former) {
      for (Saved saved : trainer.checkpoints(attempt.output()).all()) {
        if (saved.isWhole()) {
          whole.put(saved.step(), saved);
        } else {
          LOG.warn("{}: {} is set aside: {}", step(), saved.folder(), saved.flaw());
        }
      }
    }
    Path newest = null;
    long step = 0;
    for (Saved saved : whole.values()) {
      newest = Checkpoints.bring(saved.folder(), output);
      step = saved.step();
    }
    Files.writeString(output.resolveSibling(RESUMED), Long.toString(step));
    if (newest != null) {
      LOG.info("{} goes on from {}", step(), newest.getFileName());
    }
    return Optional.ofNullable(newest);
  }

  /** The step that an attempt went on from; 0 where it began anew. */
  static long resumedFrom(Attempt attempt) throws IOException {
    Path file = attempt.output().resolveSibling(RESUMED);
    return Files.exists(file) ? Long.parseLong(Files.readString(file)) : 0;
  }

  @Override
  public void waiting(String why) {
    monitor.report(
        new Heartbeat(
            step(), why, 0, 0, "steps", null, null, null, null, 0, monitor.host(), null, null));
  }

  @Override
  public void running(Attempt attempt) throws IOException {
    if (reader == null) {
      reader = new LogReader(attempt.log());
    }
    reader.poll(progress::accept);
    if (progress.notANumberAt() != null) {
      throw notANumber(progress, attempt);
    }
    String phase =
        progress.total() == 0
            ? "starting"
            : progress.step() < progress.total() ? "training" : "saving";
    monitor.report(beat(phase, attempt));
  }

  static StepFailed notANumber(TrainingLog progress, Attempt attempt) {
    return new StepFailed(
        FailureKind.USER,
        "the loss stopped being a finite number about step %d of %d; a lower learning rate, warm-up or another dtype would help; log: %s"
            .formatted(progress.notANumberAt(), progress.total(), attempt.log()));
  }

  /** A sign of life while the result is published. */
  void tick(Attempt attempt) {
    long now = System.nanoTime();
    if (now - lastTick > TICK_NANOS) {
      lastTick = now;
      try {
        monitor.report(beat("publishing", attempt));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  Heartbeat beat(String phase, Attempt attempt) throws IOException {
    return new Heartbeat(
        step(),
        phase,
        progress.step(),
        progress.total(),
        "steps",
        progress.loss(),
        progress.learningRate(),
        progress.stepsPerSecond(),
        progress.secondsLeft(),
        attempt.number(),
        monitor.host(),
        attempt.log().toString(),
        attempt.claimed().toString());
  }

  private String step() {
    return input.context().step();
  }
}
