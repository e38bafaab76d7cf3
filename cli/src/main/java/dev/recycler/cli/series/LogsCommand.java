package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Nearest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler logs}. */
@Command(
    name = "logs",
    description = "Print what the trainer or the evaluator of a step printed.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler logs olmo2-math M3.iterative.finetune",
      "  recycler logs olmo2-math M3.iterative.finetune -f    while the step runs"
    })
public final class LogsCommand implements Callable<Integer> {
  private static final Duration BETWEEN = Duration.ofMillis(500);

  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(index = "0", paramLabel = "SERIES", description = "Name of the series.")
  private String series;

  @Parameters(
      index = "1",
      paramLabel = "STEP",
      description = "Id of the step, as 'recycler status' shows it.")
  private String step;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on while the step runs.")
  private boolean follow;

  LogsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TemporalConnection connection = server.connect(session.places())) {
      SeriesClient client = new SeriesClient(connection, server.typed(session.places()));
      Look look = client.look(series);
      Path log = find(look);
      try (LogTail tail = LogTail.open(log, session.console())) {
        tail.print();
        while (follow && runs(look)) {
          Thread.sleep(BETWEEN);
          look = client.look(series);
          tail.print();
        }
        tail.print();
      } catch (InterruptedException e) {
        throw new CommandFailed(
            ExitCode.INTERRUPTED,
            "interrupted; %s goes on without you. 'recycler logs %s %s -f%s' comes back."
                .formatted(step, series, step, client.typed()),
            e);
      } catch (IOException e) {
        throw new CommandFailed(
            ExitCode.FAILED, "the log " + log + " can't be read here: " + e.getMessage() + ".", e);
      }
      return ExitCode.OK.code();
    }
  }

  private boolean runs(Look look) {
    return named(look).state() == StepState.RUNNING;
  }

  private Path find(Look look) throws IOException {
    StepProgress found = named(look);
    Optional<Path> log =
        Optional.ofNullable(look.heartbeats().get(step))
            .map(heartbeat -> heartbeat.log())
            .map(Path::of);
    if (log.isEmpty()) {
      log = StepLogs.of(found);
    }
    return log.orElseThrow(
        () ->
            new CommandFailed(
                ExitCode.USAGE,
                switch (found.state()) {
                  case WAITING -> step + " has not begun yet.";
                  case RUNNING -> step + " has printed nothing yet.";
                  case DONE, FAILED, CANCELLED ->
                      step
                          + " has no log: only fine-tunings and evaluations run a tool that prints.";
                }));
  }

  private String meant(Look look) {
    return Nearest.to(step, look.progress().steps().stream().map(StepProgress::id).toList())
        .map("did you mean %s? "::formatted)
        .orElse("");
  }

  private StepProgress named(Look look) {
    return look.progress().steps().stream()
        .filter(s -> s.id().equals(step))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitCode.USAGE,
                    "series %s has no step %s; %s'recycler status %s' shows its steps."
                        .formatted(series, step, meant(look), series)));
  }
}
