package dev.recycler.cli.quickstart;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.LogFiles;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.python.PythonEnvironment;
import dev.recycler.cli.python.PythonTools;
import dev.recycler.cli.run.LocalWorker;
import dev.recycler.cli.series.SeriesClient;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.cli.series.Watch;
import dev.recycler.cli.server.DevServer;
import dev.recycler.cli.server.HomeLock;
import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One run of {@code recycler quickstart}: every part real, each found again where it is there. */
final class Quickstart {
  private final Session session;
  private final Console console;
  private final Places places;
  private final QuickstartHome home;
  private final String again;

  Quickstart(Session session, QuickstartHome home, String again) {
    this.session = session;
    this.console = session.console();
    this.places = session.places();
    this.home = home;
    this.again = again;
  }

  /**
   * Runs it to the end.
   *
   * @param wanted gives the parameters that are asked for, from those that the home was made with
   *     (null where it is new)
   */
  ExitCode run(UnaryOperator<Parameters> wanted, boolean fresh) throws InterruptedException {
    home.refuseForeign();
    Parameters parameters = parameters(wanted, fresh);
    try (HomeLock _ = HomeLock.take(home.folder(), again)) {
      if (fresh) {
        DevServer.endLeftBehind(home.folder());
        home.clear();
      }
      home.mark(parameters);
      console.say("Everything is kept in " + places.show(home.folder()));
      Optional<SeriesProgress> finished = home.result();
      SeriesProgress progress = finished.isPresent() ? finished.get() : carry(parameters);
      return new Ending(session, home, again).show(progress);
    } catch (InterruptedException e) {
      throw new CommandFailed(
          ExitCode.INTERRUPTED,
          "interrupted; nothing that is finished is lost. '" + again + "' goes on where it was.",
          e);
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT, home.folder() + " can't be used: " + e.getMessage(), e);
    }
  }

  private Parameters parameters(UnaryOperator<Parameters> wanted, boolean fresh) {
    Optional<Parameters> made = fresh ? Optional.empty() : home.parameters();
    Parameters parameters = wanted.apply(made.orElse(null));
    if (made.isPresent() && !made.get().equals(parameters)) {
      throw new CommandFailed(
          ExitCode.USAGE,
          home.folder()
              + " was made with "
              + made.get().options()
              + ". Leave the options out to go on with it, give another folder with --home, or"
              + " start over with --fresh.");
    }
    return parameters;
  }

  private SeriesProgress carry(Parameters parameters) throws InterruptedException, IOException {
    Files.createDirectories(home.logs());
    LogFiles.open(home.logs().resolve("recycler.log"));
    PythonTools tools;
    try (Progress progress = new Progress(session)) {
      tools = new PythonEnvironment(places).ensure(progress);
      new MiniSeries(places, tools.python(), progress)
          .make(
              home.miniSeries(),
              new MiniSeries.Wanted(parameters.releases(), parameters.seed(), parameters.size()),
              home.logs().resolve("mini-series.log"));
    }
    if (!Files.exists(home.seriesFile())) {
      Files.writeString(home.seriesFile(), SeriesFileText.of(parameters));
    }
    SeriesSpec spec = SeriesFiles.read(home.seriesFile(), places);
    SeriesProgress last;
    try (DevServer server = server(tools.temporal());
        TemporalConnection connection = server.connect(places.variables());
        RecyclerWorker _ =
            LocalWorker.start(connection, places, tools.toolHome(places), LocalWorker.own(0))) {
      last = follow(new SeriesClient(connection), spec);
    }
    if (last.state() == SeriesState.FINISHED) {
      home.keepResult(last);
    }
    return last;
  }

  private DevServer server(Path temporal) throws InterruptedException {
    try (Progress progress = new Progress(session)) {
      progress.begin("Starting the Temporal server");
      DevServer server = DevServer.start(temporal, home.folder(), 0, console::say);
      progress.done(server.ui());
      return server;
    }
  }

  private SeriesProgress follow(SeriesClient client, SeriesSpec spec) throws InterruptedException {
    boolean started = client.start(spec);
    Watch watch = new Watch(console.err(), session.messages(), client);
    SeriesProgress last = watch.until(spec.series());
    if (!started && last.state() == SeriesState.FAILED) {
      // It stood like this when we came: the same command means that it shall be tried again.
      console.say("Trying again what had failed.");
      client.resume(spec.series());
      last = watch.until(spec.series());
    }
    return last;
  }
}
