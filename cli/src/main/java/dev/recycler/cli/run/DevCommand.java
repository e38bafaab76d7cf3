package dev.recycler.cli.run;

import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.LogFiles;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.python.PythonEnvironment;
import dev.recycler.cli.python.PythonTools;
import dev.recycler.cli.server.DevServer;
import dev.recycler.cli.server.HomeLock;
import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code recycler dev}. */
@Command(
    name = "dev",
    description = "Run a Temporal server and a worker on this machine, until Ctrl-C.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler dev",
      "  recycler dev --home DIR --port 7233",
      "",
      "Other commands find this server by themselves. What it knows is kept in the",
      "home folder; series that run when it ends go on when it is started again."
    })
public final class DevCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "The folder for the database and the logs (default: in your data folder).")
  private Path home;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where the server listens (default: a free port, the same every time).")
  private int port;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "Trainings and evaluations at once (default: by cores and memory).")
  private int slots;

  DevCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    Console console = session.console();
    Places places = session.places();
    Path folder = home == null ? places.devHome() : places.resolve(home);
    try (HomeLock _ = HomeLock.take(folder, "recycler dev")) {
      LogFiles.open(folder.resolve("logs").resolve("recycler.log"));
      try (Progress progress = new Progress(session)) {
        PythonTools tools = new PythonEnvironment(places).ensure(progress);
        progress.begin("Starting the Temporal server");
        try (DevServer server = DevServer.start(tools.temporal(), folder, port, console::say);
            TemporalConnection connection = server.connect(places.variables());
            RecyclerWorker _ =
                LocalWorker.start(
                    connection, places, tools.toolHome(places), LocalWorker.own(slots))) {
          progress.done(server.address());
          console.say("Web page    " + server.ui());
          console.say("Everything  " + places.show(folder));
          console.say("'recycler start FILE' starts a series; Ctrl-C ends server and worker.");
          new CountDownLatch(1).await();
        }
      }
    } catch (InterruptedException e) {
      console.say("");
      console.say("Ended. Series that were running go on with the next 'recycler dev'.");
    }
    return ExitCode.OK.code();
  }
}
