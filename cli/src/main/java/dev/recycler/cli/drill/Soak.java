package dev.recycler.cli.drill;

import dev.recycler.activities.store.Folders;
import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.drill.hub.DrillHub;
import dev.recycler.cli.drill.server.Server;
import dev.recycler.cli.drill.soak.Samples;
import dev.recycler.cli.drill.soak.Trend;
import dev.recycler.cli.drill.soak.TrendPicture;
import dev.recycler.cli.terminal.Durations;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesInput;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One long series that is fed with new releases under mild faults, while everything that could grow
 * is measured.
 */
final class Soak {
  /** A run of the workflow is short, so that there are many. */
  private static final int MOST_EVENTS = 2000;

  private static final int SILENCE_SECONDS = 5;
  private static final int SAMPLES = 240;
  private static final Duration SOONEST_SAMPLE = Duration.ofSeconds(5);
  private static final Duration SHORTEST_JUDGED = Duration.ofMinutes(10);

  /** After the last release was published. */
  private static final Duration LIMIT = Duration.ofMinutes(6);

  private static final int POLL_MILLIS = 500;

  private final Console console;
  private final Places places;
  private final Request request;
  private final RunFolder folder;
  private final TimeLine timeLine = new TimeLine();
  private final List<Violation> violations = new ArrayList<>();
  private final AtomicReference<Exception> broken = new AtomicReference<>();
  private final StandInShape shape =
      new StandInShape(
          1,
          List.of(Strategy.ITERATIVE),
          4,
          2,
          20,
          1.0,
          List.of("finetuned"),
          1,
          List.of(800, 300),
          false,
          false,
          2,
          1,
          false,
          MOST_EVENTS);

  /**
   * What is asked for.
   *
   * @param kinds the faults to choose from; only the mild ones are taken
   * @param home absolute, without links
   */
  record Request(Duration length, long seed, List<FaultKind> kinds, Path home, boolean keep) {
    Request {
      kinds = List.copyOf(kinds);
    }
  }

  Soak(Console console, Places places, Request request) throws IOException {
    this.console = console;
    this.places = places;
    this.request = request;
    Path path = request.home().resolve("soak-" + request.seed());
    Folders.delete(path);
    this.folder = RunFolder.make(path, "soak-" + request.seed());
  }

  /** Runs it; whether everything held and was level. */
  boolean run(Server server) throws IOException, InterruptedException {
    Samples samples = new Samples(request.home().resolve("soak.csv"));
    try (DrillHub hub = new DrillHub(timeLine::add);
        Proxy proxy = new Proxy(server.address());
        TemporalConnection connection = server.connect()) {
      SplittableRandom random = new SplittableRandom(request.seed());
      SeriesSpec spec = write(random);
      try (Workers workers = new Workers(folder, proxy.address(), shape, setting(hub), timeLine)) {
        SeriesWatch series = new SeriesWatch(connection, folder.series());
        Scene scene =
            new Scene(
                folder,
                shape,
                server,
                proxy,
                workers,
                series,
                new Commands(folder, server.address(), Map.of(), timeLine),
                new Publications(folder.store()),
                timeLine,
                Optional.of(hub),
                Optional.empty(),
                shape.tools().accounts(folder, timeLine),
                () -> false,
                () -> start(series, spec));
        start(series, spec);
        awaitFirstLook(hub);
        SoakFeed feed = new SoakFeed(hub, folder.path().resolve("fed"), shape, random.split());
        soak(scene, feed, samples, spec, random.split());
        series.terminate();
      }
    } finally {
      Processes.left(folder.path()).forEach(ProcessHandle::destroyForcibly);
    }
    return report(samples);
  }

  private SeriesSpec write(SplittableRandom random) throws IOException {
    folder.writeData(random);
    RunFolder.model(shape, null, false, random).write(Files.createDirectories(folder.release(1)));
    return folder.write(
        shape,
        1,
        List.of(
            "watch: {hub: %s, revisions: \"step-*\", every: 10s}%n".formatted(DrillHub.REPOSITORY)),
        places);
  }

  private Workers.Setting setting(DrillHub hub) {
    String heap = SoakMeter.heap(folder).toString().replaceFirst("0$", "{worker}");
    return new Workers.Setting(
        List.of(
            // The whole heap from the start, whose living part is measured by itself: what grows
            // beside it is seen.
            "-Xms" + Workers.HEAP, "-XX:+AlwaysPreTouch", "-D" + LiveHeap.PROPERTY + "=" + heap),
        Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HOME", folder.cache().toString()),
        shape.tools().home());
  }

  private void start(SeriesWatch series, SeriesSpec spec) throws InterruptedException {
    series.start(new SeriesInput(spec, List.of(), false, MOST_EVENTS, List.of(), SILENCE_SECONDS));
    timeLine.add("starts the series");
  }

  /** What is on the hub at the first look is no release. */
  private static void awaitFirstLook(DrillHub hub) throws InterruptedException {
    for (int i = 0; i < 600 && hub.looks() == 0; i++) {
      Thread.sleep(POLL_MILLIS);
    }
    Thread.sleep(2000);
  }

  private void soak(
      Scene scene, SoakFeed feed, Samples samples, SeriesSpec spec, SplittableRandom random)
      throws IOException, InterruptedException {
    Injector injector = new Injector(scene);
    SoakFaults faults = new SoakFaults(request.kinds(), random, Instant.now(), request.length());
    Thread care = begin("drill-care", () -> care(scene.workers()));
    Thread striking = begin("drill-faults", () -> faults.run(injector));
    try {
      Optional<SeriesProgress> progress = drive(scene, feed, samples, striking);
      if (progress.isPresent()) {
        end(scene, injector, care);
        Expected expected = Expected.of(spec.withReleases(all(spec, feed)), shape);
        violations.addAll(new Oracle(scene, expected).judge(progress.get(), injector.performed()));
      }
    } finally {
      stop(striking);
      stop(care);
    }
    console.say("%d faults".formatted(injector.performed().size()));
  }

  private static List<Release> all(SeriesSpec spec, SoakFeed feed) {
    List<Release> all = new ArrayList<>(spec.releases());
    all.addAll(feed.fed());
    return all;
  }

  /** Feeds and measures until the time is over and all is done; nothing where it does not end. */
  private Optional<SeriesProgress> drive(
      Scene scene, SoakFeed feed, Samples samples, Thread striking)
      throws IOException, InterruptedException {
    Instant begun = Instant.now();
    Instant end = begun.plus(request.length());
    Duration every = longer(request.length().dividedBy(SAMPLES), SOONEST_SAMPLE);
    Operator operator = new Operator(scene, 100);
    Instant next = begun;
    int done = 0;
    boolean finishing = false;
    while (true) {
      scene.publications().look();
      boolean time = Instant.now().isBefore(end);
      if (time) {
        feed.feed(done);
      }
      if (!Instant.now().isBefore(next)) {
        next = Instant.now().plus(every);
        Optional<SeriesWatch.Look> look = scene.series().look();
        Optional<SeriesProgress> progress = look.map(SeriesWatch.Look::progress);
        done = progress.map(Soak::done).orElse(done);
        double minute = Duration.between(begun, Instant.now()).toMillis() / 60_000.0;
        samples.add(
            SoakMeter.measure(
                scene, minute, feed.fed().size(), done, look.map(SeriesWatch.Look::took)));
        draw(samples);
        if (progress.filter(p -> Operator.stands(p, time)).isPresent()) {
          Optional<Violation> helpless = operator.obey(progress.get());
          helpless.ifPresent(violations::add);
        }
        if (!time && !finishing && done == feed.fed().size() && !striking.isAlive()) {
          scene.commands().ask("finish", folder.series());
          finishing = true;
        }
        if (finishing && scene.series().ended().isPresent() && progress.isPresent()) {
          return progress;
        }
      }
      if (broken.get() != null) {
        violated("drill", "the drill itself failed: " + broken.get());
        return Optional.empty();
      }
      if (Instant.now().isAfter(end.plus(LIMIT)) || !violations.isEmpty()) {
        violated(
            "end",
            "%d of %d releases are done %s after the last was published"
                .formatted(
                    done, feed.fed().size(), Durations.of(Duration.between(end, Instant.now()))));
        return Optional.empty();
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** How many of the releases that were published are scored; the first was there before. */
  private static int done(SeriesProgress progress) {
    return (int)
            progress.steps().stream()
                .filter(step -> step.kind() == StepKind.EVALUATE && step.state() == StepState.DONE)
                .count()
        - 1;
  }

  private void end(Scene scene, Injector injector, Thread care)
      throws IOException, InterruptedException {
    injector.requireSound();
    stop(care);
    if (!scene.workers().end()) {
      violated("end", "a worker did not end within its time on SIGTERM");
    }
    scene.commands().run(List.of("gc", folder.store().toString(), "--yes"));
  }

  private void care(Workers workers) throws IOException, InterruptedException {
    while (true) {
      workers.care();
      Thread.sleep(POLL_MILLIS);
    }
  }

  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  private Thread begin(String name, Task task) {
    return Thread.ofPlatform()
        .name(name)
        .start(
            () -> {
              try {
                task.run();
              } catch (InterruptedException e) {
                // It is over.
              } catch (IOException | RuntimeException e) {
                broken.set(e);
              }
            });
  }

  private static void stop(Thread thread) throws InterruptedException {
    thread.interrupt();
    thread.join();
  }

  private void draw(Samples samples) throws IOException {
    Files.writeString(
        request.home().resolve("soak.svg"),
        TrendPicture.of(
            "recycler drill --soak %s --seed %d"
                .formatted(Durations.of(request.length()), request.seed()),
            samples.trends()));
  }

  private boolean report(Samples samples) throws IOException {
    boolean judged = request.length().compareTo(SHORTEST_JUDGED) >= 0;
    boolean level = true;
    for (Trend trend : samples.trends()) {
      level &= trend.holds();
      console.print(
          "%s %-45s %s"
              .formatted(trend.holds() ? "ok " : "BAD", trend.figure().title(), trend.text()));
    }
    Path times = request.home().resolve("soak-timeline.txt");
    Files.write(times, timeLine.lines(folder.journal()));
    violations.forEach(violation -> console.print("BAD " + violation.text()));
    console.print(
        "soak of %s, seed %d: %s%s"
            .formatted(
                Durations.of(request.length()),
                request.seed(),
                violations.isEmpty() ? "nothing was lost" : violations.size() + " violations",
                !judged
                    ? "; too short to judge what grows"
                    : level ? ", and all of it is level" : ", and not all of it is level"));
    console.say("figures: " + request.home().resolve("soak.csv") + " and soak.svg");
    console.say("time line: " + times);
    if (violations.isEmpty() && !request.keep()) {
      Folders.delete(folder.path());
    }
    return violations.isEmpty() && (level || !judged);
  }

  private void violated(String check, String what) {
    violations.add(new Violation(check, what));
  }
}
