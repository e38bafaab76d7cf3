package dev.recycler.cli.drill;

import dev.recycler.activities.store.Folders;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.LogFiles;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.drill.server.Server;
import dev.recycler.cli.drill.server.ServerChoice;
import dev.recycler.cli.python.PythonEnvironment;
import dev.recycler.cli.python.PythonTools;
import dev.recycler.cli.quickstart.MiniSeries;
import dev.recycler.cli.server.HomeLock;
import dev.recycler.workflows.spec.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code recycler drill}. */
@Command(
    name = "drill",
    description = "Torture the whole system with faults; see that nothing is lost.",
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {
      "0:every run ended as an undisturbed one",
      "1:something did not hold; seed, schedule, time line and the command that repeats it are told",
      "2:wrong use; nothing was begun",
      "3:no server answers at --address",
      "4:something on this machine is missing, or the folder is in use by another drill",
      "130:interrupted"
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler drill --runs 50",
      "  recycler drill --runs 1 --seed 4711 --keep     one run again, its folder kept",
      "  recycler drill --faults worker,power-cut,halt-at",
      "  recycler drill --real-every 5     every fifth run with TRL and lm-eval",
      "  recycler drill --soak 1h          one long series: does anything grow?",
      "  recycler drill --address temporal.example.org:7233 --home /shared/drill",
      "",
      "Each run is a small series of real processes: a server, workers, supervisors, a",
      "trainer and a harness that compute on real safetensors.",
      "Give a server of its own: its task queue must have no other workers."
    })
public final class DrillCommand implements Callable<Integer> {
  private static final String POSTGRES = "postgres";
  private static final String NONE = "none";
  private static final int RUNS = 20;

  private final Session session;

  @Option(names = "--runs", paramLabel = "N", description = "How many runs. Default: 20.")
  private Integer runs;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the first run; each further one adds 1. Default: by chance.")
  private Long seed;

  @Option(
      names = "--faults",
      paramLabel = "LIST",
      split = ",",
      completionCandidates = FaultNames.class,
      description = {
        "Which faults, by group (${COMPLETION-CANDIDATES}), or single ones such as kill-worker."
            + " Default: all."
      })
  private List<String> faults = List.of("all");

  @Option(
      names = "--real-every",
      paramLabel = "K",
      description = "Every K-th run trains with TRL and scores with lm-eval. Default: none.")
  private Integer realEvery;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "The folder for everything (default: drill in your data folder).")
  private Path home;

  @Option(
      names = "--server",
      paramLabel = "dev|postgres",
      description =
          "The server that the drill starts: Temporal's development server, or its production server on PostgreSQL. Default: dev.")
  private String server = "dev";

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      description = "Drill on this server; it is not harmed itself.")
  private String address;

  @Option(
      names = "--at-once",
      paramLabel = "N",
      description = "Runs at once, each with a server of its own. Default: 1.")
  private Integer atOnce;

  @Option(
      names = "--soak",
      paramLabel = "TIME",
      converter = LengthConverter.class,
      description = "One long series, fed with releases for so long, e.g. 1h; see what grows.")
  private Duration soak;

  @Option(names = "--keep", description = "Keep the folders of good runs too.")
  private boolean keep;

  DrillCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireUsable();
    Places places = session.places();
    Path folder = home == null ? places.data().resolve("drill") : places.resolve(home);
    try (HomeLock _ = HomeLock.take(folder, "recycler drill")) {
      return drill(places, folder.toRealPath()).code();
    }
  }

  private ExitCode drill(Places places, Path folder) throws IOException, InterruptedException {
    LogFiles.open(folder.resolve("drill.log"));
    long first = seed != null ? seed : ThreadLocalRandom.current().nextLong(1_000_000_000L);
    if (soak != null) {
      return soak(places, folder, first) ? ExitCode.OK : ExitCode.FAILED;
    }
    Drill drill =
        new Drill(
            session.console(),
            places,
            new Drill.Request(
                runs(),
                first,
                kinds(),
                String.join(",", faults),
                folder,
                keep,
                realRuns(places, folder)),
            servers(places));
    return drill.run(lanes()) ? ExitCode.OK : ExitCode.FAILED;
  }

  /** Which runs are to use real tools; what those must give is found out first. */
  private Optional<RealRuns> realRuns(Places places, Path folder)
      throws IOException, InterruptedException {
    if (realEvery == null) {
      return Optional.empty();
    }
    PythonTools python =
        new PythonEnvironment(places)
            .find()
            .orElseThrow(
                () ->
                    new CommandFailed(
                        ExitCode.ENVIRONMENT,
                        "--real-every needs TRL and lm-eval, which are not installed: run 'recycler"
                            + " quickstart --smoke' once, which installs them."));
    Path real = Files.createDirectories(folder.resolve("real"));
    RealTools tools = new RealTools(python.toolHome(places));
    RealSeries series = new RealSeries(real.resolve("mini-series"));
    try (Progress progress = new Progress(session)) {
      new MiniSeries(places, python.python(), progress)
          .make(
              series.mini(),
              new MiniSeries.Wanted(RealSeries.RELEASES, 0, RealSeries.SIZE),
              real.resolve("mini-series.log"));
      RealReference reference = new RealReference(real, series, tools, places);
      Optional<Expected> kept = reference.kept();
      Expected expected = kept.isPresent() ? kept.get() : undisturbed(reference, real, progress);
      return Optional.of(new RealRuns(realEvery, tools, series, expected));
    }
  }

  private Expected undisturbed(RealReference reference, Path real, Progress progress)
      throws IOException, InterruptedException {
    Path home = real.resolve("server");
    Folders.delete(home);
    try (Server own = servers(session.places()).start(home)) {
      return reference.make(own, progress);
    } finally {
      Folders.delete(home);
    }
  }

  private boolean soak(Places places, Path folder, long first)
      throws IOException, InterruptedException {
    Soak.Request request = new Soak.Request(soak, first, kinds(), folder, keep);
    Path home = folder.resolve("server-soak");
    Folders.delete(home);
    try (Server own = servers(places).start(home)) {
      return new Soak(session.console(), places, request).run(own);
    }
  }

  private int runs() {
    return runs == null ? RUNS : runs;
  }

  private int lanes() {
    return atOnce == null ? 1 : atOnce;
  }

  private static void requireAtLeastOne(String option, int number) {
    if (number < 1) {
      throw new CommandFailed(
          ExitCode.USAGE, "%s is %d: it must be at least 1.".formatted(option, number));
    }
  }

  private void requireUsable() {
    requireAtLeastOne("--runs", runs());
    requireAtLeastOne("--at-once", lanes());
    if (soak != null && (runs != null || atOnce != null)) {
      throw new CommandFailed(
          ExitCode.USAGE, "a soak is one series: leave --runs and --at-once out.");
    }
    if (realEvery != null && soak != null) {
      throw new CommandFailed(
          ExitCode.USAGE, "a soak has the drill's own tools only: leave --real-every out.");
    }
    if (realEvery != null && (realEvery < 1 || realEvery > runs())) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--real-every is %d: it must be from 1 to %d, the number of runs."
              .formatted(realEvery, runs()));
    }
    if (address != null && lanes() > 1) {
      throw new CommandFailed(
          ExitCode.USAGE, "on a server that is there runs go one at a time: leave --at-once out.");
    }
    if (address != null && server.equals(POSTGRES)) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--address names a server that is there: leave --server out, or --address.");
    }
    if (!List.of("dev", POSTGRES).contains(server)) {
      throw new CommandFailed(
          ExitCode.USAGE, "--server is %s; write dev or postgres.".formatted(server));
    }
  }

  private ServerChoice servers(Places places) throws InterruptedException {
    if (address != null) {
      return new ServerChoice.Given(address);
    }
    return server.equals(POSTGRES)
        ? new ServerChoice.Production(places)
        : new ServerChoice.Development(temporal(places));
  }

  private List<FaultKind> kinds() {
    List<FaultKind> kinds = new ArrayList<>();
    for (String name : faults) {
      if (name.equals(NONE) && faults.size() > 1) {
        throw new CommandFailed(ExitCode.USAGE, "--faults: none stands alone.");
      }
      List<FaultKind> named = name.equals(NONE) ? List.of() : FaultKind.named(name);
      if (named.isEmpty() && !name.equals(NONE)) {
        throw noSuchFault(name);
      }
      kinds.addAll(named);
    }
    List<FaultKind> possible =
        kinds.stream()
            .distinct()
            .filter(kind -> address == null || kind.group() != FaultKind.Group.SERVER)
            .filter(kind -> server.equals(POSTGRES) || !kind.isOfDatabase())
            .toList();
    if (possible.isEmpty() && !kinds.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "--faults: there is nothing that %s can be done to: %s."
              .formatted(
                  String.join(", ", faults),
                  address == null
                      ? "the development server has no database of its own; give --server postgres"
                      : "a server that is there is not harmed; leave --address out"));
    }
    return possible;
  }

  private static CommandFailed noSuchFault(String name) {
    List<String> groups = new ArrayList<>();
    new FaultNames().forEach(groups::add);
    List<String> kinds = Arrays.stream(FaultKind.values()).map(FaultKind::key).toList();
    List<String> all = Stream.concat(groups.stream(), kinds.stream()).toList();
    return new CommandFailed(
        ExitCode.USAGE,
        Nearest.to(name, all)
            .map(near -> "--faults: there is no fault %s; did you mean %s?".formatted(name, near))
            .orElseGet(
                () ->
                    "--faults: there is no fault '%s'; there are the groups %s, and single ones: %s."
                        .formatted(name, String.join(", ", groups), String.join(", ", kinds))));
  }

  /** The server's program: of the PATH, or of the locked environment where it is installed. */
  private static Path temporal(Places places) throws InterruptedException {
    for (String folder : places.variable("PATH").orElse("").split(":", -1)) {
      Path program = places.work().resolve(folder).resolve("temporal");
      if (Files.isExecutable(program) && !Files.isDirectory(program)) {
        return program;
      }
    }
    Optional<PythonTools> tools = new PythonEnvironment(places).find();
    return tools
        .map(PythonTools::temporal)
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitCode.ENVIRONMENT,
                    "there is no program temporal on the PATH: put Temporal's command line tool"
                        + " there, give a server by --address, or run 'recycler quickstart' once,"
                        + " which installs it."));
  }
}
