package dev.recycler.activities.evaluation;

import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.ProgressBar;
import dev.recycler.activities.process.Slots.Priority;
import dev.recycler.activities.process.ToolBeats;
import dev.recycler.activities.process.ToolCommand;
import dev.recycler.activities.process.ToolEnvironment;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.workflows.activity.Heartbeat.Amount;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One evaluation as a tool to be run: its command, and its heartbeats from its log. */
final class ScoringJob implements ToolHost.Job {
  private final EvaluateInput input;
  private final Harness harness;
  private final ToolEnvironment environment;
  private final ToolBeats beats;
  private final FindOrMake.Making making;
  private final ScoringLog progress = new ScoringLog();

  ScoringJob(
      EvaluateInput input,
      Harness harness,
      ToolEnvironment environment,
      ToolBeats beats,
      FindOrMake.Making making) {
    this.input = input;
    this.harness = harness;
    this.environment = environment;
    this.beats = beats;
    this.making = making;
  }

  @Override
  public int devices() {
    return input.evaluation().gpus();
  }

  @Override
  public Priority priority() {
    return Priority.EVALUATE;
  }

  @Override
  public ToolEnvironment environment() {
    return environment;
  }

  @Override
  public ToolCommand command(Path output, List<Attempt> former) {
    making.requireMissing();
    return new ToolCommand(
        harness.command(input.evaluation(), Path.of(input.model().path()), output),
        output,
        environment.variables(),
        environment.secrets(),
        Optional.empty(),
        ToolCommand.Limits.of(input.evaluation().limits()));
  }

  @Override
  public void waiting(String why) {
    making.requireMissing();
    beats.waiting(why);
  }

  @Override
  public void running(Attempt attempt) throws IOException {
    beats.read(attempt, progress::accept);
    beats.running(progress.bar().total() == 0 ? "starting" : "scoring", attempt, figures());
  }

  /** A sign of life while the result is published. */
  void publishing(Attempt attempt) {
    try {
      beats.alive("publishing", attempt, figures());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ToolBeats.Figures figures() {
    ProgressBar bar = progress.bar();
    return ToolBeats.Figures.of(
        new Amount(bar.done(), bar.total(), "requests", bar.perSecond(), bar.secondsLeft()));
  }
}
