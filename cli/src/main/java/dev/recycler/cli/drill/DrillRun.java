package dev.recycler.cli.drill;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.drill.hub.DrillHub;
import dev.recycler.cli.drill.server.Server;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.cli.terminal.Durations;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.SeriesInput;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/** One run of a drill: a series, its faults, its end, and what the oracle says of it. */
final class DrillRun {
  /** So that a lost worker costs a run seconds. */
  private static final int SILENCE_SECONDS = 5;

  private static final int POLL_MILLIS = 200;

  /** A look at the series is a task for its workers. */
  private static final int POLLS_PER_LOOK = 8;

  private final Plan plan;
  private final Places places;
  private final TimeLine timeLine = new TimeLine();
  private final AtomicReference<Exception> broken = new AtomicReference<>();
  private final List<Violation> violations = new ArrayList<>();
  private volatile boolean finished;
  private Operator operator;

  /**
   * Everything about a run that follows from its seed.
   *
   * @param series as the file has it
   * @param expected what an undisturbed run gives
   */
  record Plan(
      long seed,
      RunFolder folder,
      Shape shape,
      SeriesSpec series,
      Expected expected,
      Schedule schedule) {

    /**
     * Makes the folder of a run with the drill's own tools, and what is in it.
     *
     * @param kinds the faults to choose from
     */
    static Plan of(long seed, List<FaultKind> kinds, Path folder, Places places)
        throws IOException {
      SplittableRandom random = new SplittableRandom(seed);
      RunFolder made = RunFolder.make(folder, "drill-" + seed);
      StandInShape shape = StandInShape.of(random.split(), kinds);
      SeriesSpec series = made.write(shape, random.split(), places);
      Expected expected = Expected.of(complete(series, shape, made), shape);
      Schedule schedule = Schedule.of(random.split(), kinds, shape, expected.steps());
      return new Plan(seed, made, shape, series, expected, schedule);
    }

    /** With every release, each in its folder here. */
    private static SeriesSpec complete(SeriesSpec series, StandInShape shape, RunFolder folder) {
      List<Release> releases = new ArrayList<>();
      for (int number = 1; number <= shape.releases(); number++) {
        releases.add(new Release("M" + number, folder.release(number).toString()));
      }
      return series.withReleases(releases);
    }
  }

  /**
   * What a run came to.
   *
   * @param performed the faults that were carried out
   * @param stands how often the series stood and did what its message said
   * @param timeLine what happened; in order
   */
  record Outcome(
      List<Violation> violations,
      List<Fault> performed,
      int stands,
      Duration took,
      List<String> timeLine) {}

  DrillRun(Plan plan, Places places) {
    this.plan = plan;
    this.places = places;
  }

  /** Runs it to its end, whatever that is. */
  Outcome run(Server server) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    List<Fault> performed;
    try {
      performed = disturb(server);
    } finally {
      // Only after it was judged: the next run shall not suffer.
      Processes.left(plan.folder().path()).forEach(ProcessHandle::destroyForcibly);
    }
    return new Outcome(
        List.copyOf(violations),
        performed,
        operator == null ? 0 : operator.stands(),
        Duration.between(begun, Instant.now()),
        timeLine());
  }

  /** What has happened so far; in order. */
  List<String> timeLine() throws IOException {
    return timeLine.lines(plan.folder().journal());
  }

  private List<Fault> disturb(Server server) throws IOException, InterruptedException {
    RunFolder folder = plan.folder();
    Shape shape = plan.shape();
    Optional<StoreDisk> disk = disk();
    try (StoreDisk _ = disk.orElse(null);
        DrillHub hub = shape.hub() ? hub() : null;
        Proxy proxy = new Proxy(server.address());
        TemporalConnection connection = server.connect();
        Workers workers =
            new Workers(
                folder,
                proxy.address(),
                shape,
                Workers.Setting.drilled(folder, shape.tools(), environment(hub)),
                timeLine)) {
      SeriesWatch series = new SeriesWatch(connection, folder.series());
      Scene scene =
          new Scene(
              folder,
              shape,
              server,
              proxy,
              workers,
              series,
              new Commands(folder, server.address(), environment(hub), timeLine),
              new Publications(folder.store()),
              timeLine,
              Optional.ofNullable(hub),
              disk,
              shape.tools().accounts(folder, timeLine),
              () -> finished,
              () -> start(series));
      return disturb(scene);
    }
  }

  private Optional<StoreDisk> disk() throws IOException, InterruptedException {
    boolean wanted =
        plan.schedule().faults().stream()
            .anyMatch(fault -> fault.kind().group() == FaultKind.Group.DISK);
    return wanted ? StoreDisk.mount(plan.folder().store()) : Optional.empty();
  }

  private DrillHub hub() throws IOException {
    DrillHub hub = new DrillHub(timeLine::add);
    for (int number = 1; number <= plan.shape().releases(); number++) {
      hub.publish("M" + number, DrillHub.files(plan.folder().release(number)));
    }
    return hub;
  }

  private Map<String, String> environment(DrillHub hub) {
    return hub == null
        ? plan.shape().tools().environment(plan.folder())
        : Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HOME", plan.folder().cache().toString());
  }

  private List<Fault> disturb(Scene scene) throws IOException, InterruptedException {
    SeriesWatch series = scene.series();
    start(series);
    Injector injector = new Injector(scene);
    Thread faults =
        Thread.ofPlatform().name("drill-faults").start(() -> inject(injector, plan.schedule()));
    // Apart: a look at the series waits for a worker.
    Thread care = Thread.ofVirtual().name("drill-care").start(() -> care(scene));
    Optional<SeriesProgress> progress = drive(scene, injector, faults);
    care.interrupt();
    care.join();
    faults.interrupt();
    faults.join();
    List<Fault> performed = injector.performed();
    if (progress.isPresent()) {
      series.brokenTasks().forEach(broke -> violated("workflow", broke));
      endInOrder(scene);
      violations.addAll(new Oracle(scene, plan.expected()).judge(progress.get(), performed));
    } else {
      // Or the workers of the next run would go on with it.
      series.terminate();
      violations.addAll(
          new ToolChecks(scene, scene.journals(), performed, plan.expected()).violations());
    }
    return performed;
  }

  private void care(Scene scene) {
    try {
      while (true) {
        scene.workers().care();
        scene.accounts().look();
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      // The run is over.
    } catch (IOException e) {
      broken.set(e);
    }
  }

  private void start(SeriesWatch series) throws InterruptedException {
    SeriesSpec spec = SeriesFiles.read(plan.folder().file(), places);
    series.start(
        new SeriesInput(
            spec, List.of(), false, plan.shape().mostEvents(), List.of(), SILENCE_SECONDS));
    finished = false;
    timeLine.add("starts the series");
  }

  private void inject(Injector injector, Schedule schedule) {
    try {
      injector.run(schedule);
    } catch (InterruptedException e) {
      // The run is over.
    } catch (IOException | RuntimeException e) {
      broken.set(e);
    }
  }

  /** Stays with the series until it has finished; nothing where it does not. */
  private Optional<SeriesProgress> drive(Scene scene, Injector injector, Thread faults)
      throws IOException, InterruptedException {
    Instant last = Instant.now();
    boolean checked = false;
    operator = new Operator(scene, plan.schedule().faults().size());
    for (int poll = 0; true; poll++) {
      scene.publications().look();
      if (broken.get() != null) {
        violated("drill", "the drill itself failed: " + broken.get());
        return Optional.empty();
      }
      boolean faultsToCome = faults.isAlive();
      Optional<WorkflowExecutionStatus> ended = scene.series().ended();
      if (injector.lastDeed().isAfter(last)) {
        last = injector.lastDeed();
      }
      if (ended.equals(Optional.of(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED))) {
        finished = true;
        if (!faultsToCome && scene.series().ended().equals(ended)) {
          if (checked || !scene.publications().anyDamaged()) {
            Optional<SeriesProgress> progress = scene.series().progress();
            if (progress.isPresent()) {
              return progress;
            }
          } else {
            // As whoever finds damage does: start it again, and it is mended.
            scene.commands().run(List.of("verify", scene.folder().store().toString()));
            checked = true;
            scene.restart().run();
          }
        }
      } else if (ended.isPresent() && !faultsToCome) {
        if (ended.get() != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED) {
          violated("end", "the series ended as " + ended.get());
          return Optional.empty();
        }
        scene.restart().run();
      } else if (ended.isEmpty() && poll % POLLS_PER_LOOK == 0) {
        Optional<SeriesProgress> progress = scene.series().progress();
        if (progress.filter(p -> Operator.stands(p, faultsToCome)).isPresent()) {
          Optional<Violation> helpless = operator.obey(progress.get());
          if (helpless.isPresent()) {
            violations.add(helpless.get());
            return Optional.empty();
          }
          last = Instant.now();
        }
      }
      Duration limit = plan.shape().tools().pace().limit();
      if (Duration.between(last, Instant.now()).compareTo(limit) > 0) {
        violated(
            "end",
            "the series has not ended %s after its last fault".formatted(Durations.of(limit)));
        return Optional.empty();
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private void endInOrder(Scene scene) throws IOException, InterruptedException {
    if (!scene.workers().end()) {
      violated("end", "a worker did not end within its time on SIGTERM");
    }
    // Each host knows of its own dead processes only.
    for (int host = 0; host < scene.shape().hosts(); host++) {
      Commands.Result gc =
          scene
              .commands()
              .run(
                  List.of("gc", scene.folder().store().toString(), "--yes"),
                  List.of("-D" + FaultPoint.HOST + "=" + Workers.host(Integer.toString(host))));
      if (gc.code() != 0) {
        violated("left", "gc ended with %d: %s".formatted(gc.code(), gc.said()));
      }
    }
  }

  private void violated(String check, String what) {
    violations.add(new Violation(check, what));
  }
}
