package dev.recycler.activities.evaluation;

import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.LogReader;
import dev.recycler.activities.process.Slots.Priority;
import dev.recycler.activities.process.ToolCommand;
import dev.recycler.activities.process.ToolEnvironment;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One evaluation as a tool to be run: its command, and its heartbeats from its log. */
final class ScoringJob implements ToolHost.Job {
  private final EvaluateInput input;
  private final Harness harness;
  private final ToolEnvironment environment;
  private final StepMonitor monitor;
  private final ScoringLog progress = new ScoringLog();
  private LogReader reader;

  ScoringJob(
      EvaluateInput input, Harness harness, ToolEnvironment environment, StepMonitor monitor) {
    this.input = input;
    this.harness = harness;
    this.environment = environment;
    this.monitor = monitor;
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
  public ToolCommand command(Path output, List<Attempt> former) {
    return new ToolCommand(
        harness.command(input.evaluation(), Path.of(input.model().path()), output),
        output,
        environment.variables(),
        environment.secrets(),
        Optional.empty(),
        ToolCommand.Limits.NONE);
  }

  @Override
  public void waiting(String why) {
    monitor.report(
        new Heartbeat(
            input.context().step(),
            why,
            0,
            0,
            "requests",
            null,
            null,
            null,
            null,
            0,
            monitor.host(),
            null,
            null));
  }

  @Override
  public void running(Attempt attempt) throws IOException {
    if (reader == null) {
      reader = new LogReader(attempt.log());
    }
    reader.poll(progress::accept);
    monitor.report(
        new Heartbeat(
            input.context().step(),
            progress.bar().total() == 0 ? "starting" : "scoring",
            progress.bar().done(),
            progress.bar().total(),
            "requests",
            null,
            null,
            progress.bar().perSecond(),
            progress.bar().secondsLeft(),
            attempt.number(),
            monitor.host(),
            attempt.log().toString(),
            attempt.claimed().toString()));
  }
}
