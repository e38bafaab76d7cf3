package dev.recycler.cli.series;

import dev.recycler.activities.preview.Finding;
import dev.recycler.activities.preview.SeriesPreview;
import dev.recycler.activities.preview.StepPreview;
import dev.recycler.activities.preview.StepPreview.State;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Confirmation;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.python.PythonEnvironment;
import dev.recycler.workflows.plan.Correction;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler update}. */
@Command(
    name = "update",
    description = "Give a running series a corrected file.",
    footerHeading = "%nExample%n",
    footer = {
      "  recycler update olmo2-math series.yaml",
      "",
      "Shows what differs and what would be done again, and asks. What runs and stays",
      "is finished first; what the store has is not done again."
    })
public final class UpdateCommand implements Callable<Integer> {
  private static final int SHOWN = 12;

  private final Session session;

  @Mixin private RunningSeries series;

  @Parameters(index = "1", paramLabel = "FILE", description = "The corrected series file.")
  private Path file;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  UpdateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    SeriesSpec listed = SeriesFiles.read(file, session.places());
    if (!listed.series().equals(series.name())) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "%s is of series %s, not of %s; give the file of this series."
              .formatted(file, listed.series(), series.name()));
    }
    SeriesProgress progress = progress();
    SeriesSpec running = progress.spec();
    SeriesSpec corrected = Correction.withFound(running, listed);
    List<String> differences = SpecDifference.all(running, corrected);
    if (differences.isEmpty()) {
      session
          .console()
          .say("The file changes nothing: series " + series.name() + " runs as it says.");
      return ExitCode.OK.code();
    }
    SeriesPreview preview = SeriesPreview.of(corrected, tools(), () -> {});
    refuseErrors(preview);
    differences.forEach(this::print);
    ended(progress, Correction.of(running, corrected));
    toDo(preview);
    new Confirmation(session.console(), yes)
        .ask("to update a series", "Let series %s take up this file?".formatted(series.name()));
    refuseIfChanged(running);
    series.ask(workflow -> workflow.update(corrected));
    session
        .console()
        .say(
            "Series %s takes up the file. '%s' follows it."
                .formatted(series.name(), series.command("status", "--watch")));
    return ExitCode.OK.code();
  }

  private SeriesProgress progress() {
    return series.with(client -> client.look(series.name())).progress();
  }

  /** What was shown would not be what is done, and a release added meanwhile would be dropped. */
  private void refuseIfChanged(SeriesSpec shown) {
    SeriesSpec now = progress().spec();
    if (!now.equals(shown)) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "series %s has changed meanwhile (%s); run the same command again to see what the file changes now."
              .formatted(series.name(), String.join("; ", SpecDifference.between(shown, now))));
    }
  }

  private Optional<ToolHome> tools() throws InterruptedException {
    return new PythonEnvironment(session.places())
        .find()
        .map(found -> found.toolHome(session.places()));
  }

  private static void refuseErrors(SeriesPreview preview) {
    String errors =
        preview.findings().stream()
            .filter(Finding::error)
            .map(error -> error.step() + ": " + error.sentence())
            .collect(Collectors.joining("\n"));
    if (!errors.isEmpty()) {
      throw new CommandFailed(ExitCode.USAGE, "the corrected series can't end well:\n" + errors);
    }
  }

  private void print(String line) {
    session.console().print(session.data().text(line));
  }

  /** What runs, and would be thrown away. */
  private void ended(SeriesProgress progress, Correction correction) {
    List<String> ended =
        progress.steps().stream()
            .filter(step -> step.state() == StepState.RUNNING)
            .filter(step -> !correction.keeps(step.id(), step.needs()))
            .map(StepProgress::id)
            .toList();
    if (!ended.isEmpty()) {
      session.console().print("");
      print("Ends what runs now, to be done anew: " + String.join(", ", ended));
    }
  }

  private void toDo(SeriesPreview preview) {
    List<StepPreview> steps =
        preview.steps().stream()
            .filter(step -> step.state() != State.THERE && step.kind() != StepKind.PREPARE)
            .toList();
    session.console().print("");
    session.console().print("To do, with what has not been done yet: " + steps.size() + " steps");
    for (StepPreview step : steps.subList(0, Math.min(SHOWN, steps.size()))) {
      print("  " + step.id() + ": " + String.join("; ", step.reasons()));
    }
    if (steps.size() > SHOWN) {
      session.console().print("  and " + (steps.size() - SHOWN) + " more; 'recycler plan' has all");
    }
  }
}
