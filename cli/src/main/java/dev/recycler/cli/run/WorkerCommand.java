package dev.recycler.cli.run;

import dev.recycler.activities.step.ToolHome;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.LogFiles;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.python.PythonEnvironment;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.RecyclerWorker;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.worker.WorkerSettings;
import dev.recycler.worker.monitor.Monitor;
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
    description = "Run a worker for a Temporal server, until Ctrl-C or SIGTERM.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler worker",
      "  recycler worker --address temporal.example.org:7233 --slots 1",
      "  recycler worker --config worker.yaml --log - --log-format json",
      "",
      "Trainings go on when a worker ends, and the next worker finds them, unless its",
      "file says otherwise. docs/cluster.md has the file, the figures and the guides."
    })
public final class WorkerCommand implements Callable<Integer> {
  private static final String MONITOR = "RECYCLER_MONITOR";
  private static final String LOG_FORMAT = "RECYCLER_LOG_FORMAT";

  private final Session session;

  @Mixin private ServerOptions server;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "What the worker is for and what it may do (RECYCLER_WORKER_FILE).")
  private Path config;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "Trainings and evaluations at once (default: by cores and memory).")
  private int slots;

  @Option(
      names = "--monitor",
      paramLabel = "HOST:PORT",
      description = "Serve /metrics, /healthz and /readyz there (RECYCLER_MONITOR).")
  private String monitor;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Log to a file, or to stderr with - (default: worker.log in your data folder).")
  private Path log;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description = "What a line of the log is (RECYCLER_LOG_FORMAT; default: text).")
  private LogFiles.Format format;

  WorkerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    Console console = session.console();
    Places places = session.places();
    WorkerSettings settings = WorkerFiles.read(config, places);
    settings = slots > 0 ? settings.withSlots(slots) : settings;
    session.patience().extendBy(settings.drain().patience());
    String logged = openLog(places);
    try (Monitor figures = monitor(places);
        TemporalConnection connection = server.connect(places, figures.clientMetrics())) {
      ToolHome tools = tools(settings, places);
      try (RecyclerWorker worker = LocalWorker.start(connection, places, tools, settings)) {
        figures.watch(worker, connection);
        console.say("Works for the Temporal server at " + connection.address() + ", until Ctrl-C.");
        figures.address().ifPresent(address -> console.say("Figures " + address + "/metrics"));
        console.say(logged);
        new CountDownLatch(1).await();
      }
    } catch (InterruptedException e) {
      console.say("");
      console.say(
          settings.drain().manner() == WorkerSettings.Drain.Manner.END
              ? "Ended, and the trainings with it."
              : "Ended. Trainings that were running go on.");
    }
    return ExitCode.OK.code();
  }

  private String openLog(Places places) {
    LogFiles.Format lines =
        format == null
            ? places.variable(LOG_FORMAT).map(WorkerCommand::format).orElse(LogFiles.Format.TEXT)
            : format;
    if (log != null && log.toString().equals("-")) {
      LogFiles.toStderr(lines);
      return "Log to stderr";
    }
    Path file = log == null ? places.data().resolve("worker.log") : places.resolve(log);
    LogFiles.open(file, lines);
    return "Log " + places.show(file);
  }

  private static LogFiles.Format format(String word) {
    return switch (word) {
      case "text" -> LogFiles.Format.TEXT;
      case "json" -> LogFiles.Format.JSON;
      default ->
          throw new CommandFailed(
              ExitCode.USAGE, LOG_FORMAT + " is \"" + word + "\"; write text or json.");
    };
  }

  private Monitor monitor(Places places) {
    String where = monitor == null ? places.variable(MONITOR).orElse(null) : monitor;
    if (where == null) {
      return Monitor.none();
    }
    try {
      return Monitor.serve(where);
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "figures can't be served at %s: %s; give an address of this machine and a free port, e.g. 127.0.0.1:9464."
              .formatted(where, e.getMessage()),
          e);
    }
  }

  /** Merges need no Python, and a machine for them alone need not have it. */
  private ToolHome tools(WorkerSettings settings, Places places) throws InterruptedException {
    if (!settings.runsTools()) {
      return new ToolHome(Path.of("/nonexistent/python"), places.scripts());
    }
    try (Progress progress = new Progress(session)) {
      return new PythonEnvironment(places).ensure(progress).toolHome(places);
    }
  }
}
