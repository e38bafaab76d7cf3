package dev.recycler.cli.run;

import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.LogFiles;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.python.PythonEnvironment;
import dev.recycler.cli.python.PythonTools;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recycler worker}. */
@Command(
    name = "worker",
    description = "Run a worker for a Temporal server, until Ctrl-C.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler worker",
      "  recycler worker --address temporal.example.org:7233 --slots 1",
      "",
      "Trainings go on when a worker ends, and the next worker finds them."
    })
public final class WorkerCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "Trainings and evaluations at once (default: by cores and memory).")
  private int slots;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Log to a file (default: worker.log in your data folder).")
  private Path log;

  WorkerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    Console console = session.console();
    Places places = session.places();
    Path file = log == null ? places.data().resolve("worker.log") : places.resolve(log);
    LogFiles.open(file);
    try (TemporalConnection connection = server.connect(places)) {
      PythonTools tools;
      try (Progress progress = new Progress(session)) {
        tools = new PythonEnvironment(places).ensure(progress);
      }
      try (RecyclerWorker _ =
          LocalWorker.start(
              connection, places, tools.toolHome(places), slots, /* endToolsOnStop= */ false)) {
        console.say("Works for the Temporal server at " + connection.address() + ", until Ctrl-C.");
        console.say("Log " + places.show(file));
        new CountDownLatch(1).await();
      }
    } catch (InterruptedException e) {
      console.say("");
      console.say("Ended. Trainings that were running go on.");
    }
    return ExitCode.OK.code();
  }
}
