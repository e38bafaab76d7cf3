package dev.recycler.cli.drill;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.activities.step.ThisHost;
import dev.recycler.activities.store.Folders;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.drill.server.Server;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesInput;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The undisturbed run with real tools, which gives what every disturbed one must give. It is made
 * once, on a store of its own, and kept for as long as recycler, the tools, the series and the
 * machine are the same.
 *
 * <pre>
 * real/mini-series/     releases, data and task
 * real/undisturbed/     the run's folder
 * real/expected.json    what it gave
 * </pre>
 */
final class RealReference {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final int POLL_MILLIS = 1000;

  private final Path home;
  private final RealSeries series;
  private final RealTools tools;
  private final Places places;

  /**
   * What is kept.
   *
   * @param of what it was made with
   * @param models SHA-256 of each file, by step and name
   * @param checkpoints the same by {@code STEP@N}
   */
  record Kept(
      List<String> of,
      SortedMap<String, SortedMap<String, String>> models,
      SortedMap<String, SortedMap<String, String>> checkpoints,
      SortedMap<String, Double> scores,
      SortedMap<String, Long> trainedSteps) {
    Expected expected() {
      return new Expected(known(models), known(checkpoints), scores, Map.of(), trainedSteps);
    }

    private static Map<String, KnownModel> known(
        SortedMap<String, SortedMap<String, String>> models) {
      Map<String, KnownModel> known = new TreeMap<>();
      models.forEach((step, files) -> known.put(step, new KnownModel.Digested(files)));
      return known;
    }
  }

  /**
   * @param home of all that is about real tools
   */
  RealReference(Path home, RealSeries series, RealTools tools, Places places) {
    this.home = home;
    this.series = series;
    this.tools = tools;
    this.places = places;
  }

  /** What a former drill has kept, where it still holds. */
  Optional<Expected> kept() throws IOException {
    try {
      Kept kept = JSON.readValue(file().toFile(), Kept.class);
      return kept.of().equals(identity()) ? Optional.of(kept.expected()) : Optional.empty();
    } catch (FileNotFoundException | JsonProcessingException e) {
      // There is none, or of another form.
      return Optional.empty();
    }
  }

  /** Runs the series without any fault, and keeps what it gives. */
  Expected make(Server server, Progress progress) throws IOException, InterruptedException {
    progress.begin("An undisturbed run with TRL and lm-eval");
    Path path = home.resolve("undisturbed");
    Folders.delete(path);
    RunFolder folder = RunFolder.make(path, "drill-real");
    RealShape shape = RealShape.undisturbed(tools);
    SeriesSpec spec = series.write(folder, shape, places);
    SeriesProgress end;
    try (TemporalConnection connection = server.connect();
        Workers workers =
            new Workers(
                folder,
                server.address(),
                shape,
                new Workers.Setting(List.of(), tools.environment(folder), tools.home()),
                new TimeLine())) {
      SeriesWatch watch = new SeriesWatch(connection, folder.series());
      watch.start(new SeriesInput(spec, List.of(), false, 0, List.of(), 0));
      try {
        end = follow(watch, progress);
      } finally {
        watch.terminate();
      }
      workers.end();
    } finally {
      Processes.left(path).forEach(ProcessHandle::destroyForcibly);
    }
    Kept kept = kept(folder, end);
    Path next = home.resolve("expected.json.next");
    Files.write(next, JSON.writeValueAsBytes(kept));
    Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE);
    progress.done(places.show(path));
    return kept.expected();
  }

  private SeriesProgress follow(SeriesWatch watch, Progress progress) throws InterruptedException {
    Instant latest = Instant.now().plus(LIMIT);
    while (Instant.now().isBefore(latest)) {
      Optional<SeriesProgress> now = watch.progress();
      if (now.isPresent() && now.get().state() == SeriesState.FINISHED) {
        return now.get();
      }
      if (now.isPresent() && now.get().state() == SeriesState.FAILED) {
        throw failed("stands: " + now.get().message());
      }
      progress.detail(
          now.map(
                  p ->
                      "%d of %d steps"
                          .formatted(
                              p.steps().stream().filter(s -> s.finished() != null).count(),
                              p.steps().size()))
              .orElse(""));
      Thread.sleep(POLL_MILLIS);
    }
    throw failed("has not ended within " + LIMIT.toMinutes() + " minutes");
  }

  private CommandFailed failed(String how) {
    return new CommandFailed(
        ExitCode.FAILED,
        "the undisturbed run with TRL and lm-eval %s; its logs are in %s"
            .formatted(how, home.resolve("undisturbed")));
  }

  private Kept kept(RunFolder folder, SeriesProgress end) throws IOException {
    Kept kept =
        new Kept(identity(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    Path links = folder.links();
    for (StepProgress step : end.steps()) {
      Path link = links.resolve(step.id());
      if (step.score() != null) {
        kept.scores().put(step.id(), step.score().value());
      }
      if (step.kind() == StepKind.MERGE || step.kind() == StepKind.FINETUNE) {
        kept.models().put(step.id(), KnownModel.Digested.of(link).files());
      }
      if (step.finetuned() != null) {
        kept.trainedSteps().put(step.id(), step.finetuned().steps());
        for (Path saved : list(link.resolve("checkpoints"))) {
          String number = saved.getFileName().toString().substring("step-".length());
          kept.checkpoints().put(step.id() + "@" + number, KnownModel.Digested.of(saved).files());
        }
      }
    }
    return kept;
  }

  private Path file() {
    return home.resolve("expected.json");
  }

  /** What the numbers may depend on: this program, its Python, the series, the machine. */
  private List<String> identity() throws IOException {
    List<String> parts = new ArrayList<>(List.of(ThisHost.name()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (path.getFileName().toString().startsWith("recycler") && Files.exists(path)) {
        parts.add(entry + " " + Files.size(path) + " " + Files.getLastModifiedTime(path));
      }
    }
    parts.add(tools.home().python().toString());
    parts.addAll(packages());
    parts.add(Files.readString(series.mini().resolve("mini-series.json")));
    parts.add(series.text(new RunFolder(home, "any"), RealShape.undisturbed(tools)));
    return parts;
  }

  /** {@code NAME-VERSION.dist-info} of everything that is installed for the Python. */
  private List<String> packages() throws IOException {
    List<String> names = new ArrayList<>();
    Path lib = tools.home().python().getParent().resolveSibling("lib");
    for (Path version : list(lib)) {
      for (Path installed : list(version.resolve("site-packages"))) {
        String name = installed.getFileName().toString();
        if (name.endsWith(".dist-info")) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }
}
