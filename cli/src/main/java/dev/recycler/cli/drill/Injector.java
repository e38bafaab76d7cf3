package dev.recycler.cli.drill;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.cli.drill.hub.DrillHub.Misdeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Carries out the faults of a schedule, each when its moment has come. */
final class Injector {
  private static final int POLL_MILLIS = 100;

  private final Scene scene;
  private final Damage damage;
  private final Users users;
  private final List<Fault> performed = new CopyOnWriteArrayList<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private volatile Instant lastDeed = Instant.now();

  Injector(Scene scene) {
    this.scene = scene;
    this.damage = new Damage(scene);
    this.users = new Users(scene);
  }

  /** Those that were carried out. */
  List<Fault> performed() {
    return List.copyOf(performed);
  }

  /** When the drill last did something. */
  Instant lastDeed() {
    return lastDeed;
  }

  /** Goes through the schedule; ends when all of it is done, or the series is over. */
  void run(Schedule schedule) throws IOException, InterruptedException {
    List<Thread> deeds = new ArrayList<>();
    try {
      for (Fault fault : schedule.faults()) {
        while (scene.steps() < fault.atStep() && !scene.isOver()) {
          Thread.sleep(POLL_MILLIS);
        }
        if (scene.isOver() && fault.kind() != FaultKind.ADD_RELEASE) {
          scene.timeLine().add("the series was over before " + fault.text());
        } else {
          deeds.add(Thread.ofVirtual().name(fault.text()).start(() -> strike(fault)));
        }
      }
    } finally {
      for (Thread deed : deeds) {
        deed.join();
      }
    }
    requireSound();
  }

  /** Throws what has gone wrong with the drill itself. */
  void requireSound() throws IOException {
    if (failure.get() != null) {
      throw new IOException(failure.get());
    }
  }

  /** Carries out one fault, now. */
  void strike(Fault fault) {
    try {
      Thread.sleep(fault.delay());
      scene.timeLine().add("begins " + fault.text());
      // Counted before it begins: what it ends may be started again before it is over.
      performed.add(fault);
      boolean done = perform(fault);
      lastDeed = Instant.now();
      if (!done) {
        performed.remove(fault);
        scene.timeLine().add("found nobody for " + fault.text());
      }
    } catch (IOException | RuntimeException e) {
      failure.compareAndSet(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean perform(Fault fault) throws IOException, InterruptedException {
    return switch (fault.kind()) {
      case KILL_WORKER -> signal("KILL", scene.workers().choose(fault.which()));
      case TERM_WORKER -> signal("TERM", scene.workers().choose(fault.which()));
      case STOP_WORKER -> stop(scene.workers().choose(fault.which()), fault.millis());
      case STOP_HOST -> stopHost(fault);
      case KILL_WORKER_AT_NEW_RUN -> killAtNewRun(fault);
      case KILL_WORKER_IN_REQUEST ->
          inRequest(fault, () -> signal("KILL", scene.workers().choose(fault.which())));
      case KILL_SERVER_IN_REQUEST -> inRequest(fault, this::killServer);
      case KILL_SUPERVISOR -> one(fault, scene::supervisors, victim -> signal("KILL", victim));
      case TERM_SUPERVISOR -> one(fault, scene::supervisors, victim -> signal("TERM", victim));
      case STOP_SUPERVISOR ->
          one(fault, scene::supervisors, victim -> stop(victim, fault.millis()));
      case KILL_TRAINER -> one(fault, scene::trainers, victim -> signal("KILL", victim));
      case TERM_TRAINER -> one(fault, scene::trainers, victim -> signal("TERM", victim));
      case STOP_TRAINER -> one(fault, scene::trainers, victim -> stop(victim, fault.millis()));
      case KILL_BOTH -> one(fault, scene::trainers, this::killWithSupervisor);
      case KILL_GRANDCHILD -> killGrandchild(fault);
      case KILL_HARNESS -> one(fault, scene::harnesses, victim -> signal("KILL", victim));
      case KILL_SERVER -> killServer();
      case STOP_SERVER ->
          !scene.server().process().isEmpty()
              && stop(scene.server().process().getFirst(), fault.millis());
      case KILL_DATABASE -> killDatabase();
      case STOP_DATABASE -> stopDatabase(fault.millis());
      case CUT_NETWORK -> cutNetwork(fault.millis());
      case SLOW_NETWORK -> slowNetwork(fault.millis());
      case POWER_CUT -> new PowerCut(scene).perform();
      case FLIP_ARTIFACT, CUT_ARTIFACT -> damage.artifact(fault);
      case CUT_CHECKPOINT -> damage.checkpoint(fault);
      case FLIP_CHECKPOINT -> damage.sealedCheckpoint(fault);
      case FULL_DISK -> disk(disk -> fill(disk, fault));
      case READ_ONLY -> disk(disk -> disk.refuseWriting(fault.millis()));
      case HUB_CUT -> hub(Misdeed.CUT);
      case HUB_STALL -> hub(Misdeed.STALL);
      case HUB_LIE -> hub(Misdeed.LIE);
      case HUB_MISLIST -> hub(Misdeed.MISLIST);
      case TRAINER_SLOW -> order("trainer", "slow");
      case TRAINER_SILENT -> order("trainer", "silent");
      case TRAINER_CRASH -> order("trainer", "crash");
      case TRAINER_TORN -> order("trainer", "torn");
      case TRAINER_NOTHING -> order("trainer", "nothing");
      case TRAINER_FORK -> order("trainer", "fork");
      case TRAINER_DEAF -> order("trainer", "deaf");
      case HARNESS_CRASH -> order("harness", "crash");
      case HARNESS_NOTHING -> order("harness", "nothing");
      case HARNESS_SILENT -> order("harness", "silent");
      case CANCEL -> users.cancelAndStart();
      case PAUSE -> users.pauseAndResume(fault.millis());
      case ADD_RELEASE -> users.addRelease();
      case START_AGAIN -> users.startAgain();
      case RESUME -> users.resume();
      case GC -> users.gc();
      case HALT_AT -> atPoint(fault, "halt");
      case PAUSE_AT -> atPoint(fault, "pause " + fault.millis());
    };
  }

  private interface Deed {
    boolean on(ProcessHandle victim) throws IOException, InterruptedException;
  }

  /** Waits until there is one, and chooses among those there are. */
  private boolean one(Fault fault, Supplier<List<ProcessHandle>> those, Deed deed)
      throws IOException, InterruptedException {
    for (int i = 0; i < patience() && !scene.isOver(); i++) {
      List<ProcessHandle> there = those.get();
      if (!there.isEmpty()) {
        return deed.on(there.get(fault.which() % there.size()));
      }
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }

  /** A victim that is not there yet is waited for: so many looks. */
  private long patience() {
    return scene.tools().pace().victim().toMillis() / POLL_MILLIS;
  }

  private boolean signal(String name, ProcessHandle victim)
      throws IOException, InterruptedException {
    scene.timeLine().add("SIG" + name + " to " + scene.describe(victim));
    return Processes.signal(name, victim.pid());
  }

  private boolean stop(ProcessHandle victim, int millis) throws IOException, InterruptedException {
    boolean there = signal("STOP", victim);
    Thread.sleep(millis);
    signal("CONT", victim);
    return there;
  }

  /** The supervisor first, which would record the trainer's end. */
  private boolean killWithSupervisor(ProcessHandle trainer)
      throws IOException, InterruptedException {
    boolean there = false;
    var supervisor = trainer.parent();
    if (supervisor.isPresent() && scene.isOurs(supervisor.get())) {
      there = signal("KILL", supervisor.get());
    }
    return signal("KILL", trainer) || there;
  }

  private boolean killGrandchild(Fault fault) throws IOException, InterruptedException {
    order("trainer", "fork");
    Predicate<ProcessHandle> alive = ProcessHandle::isAlive;
    for (int i = 0; i < patience() && !scene.isOver(); i++) {
      List<ProcessHandle> there =
          scene.journals().tools().stream()
              .flatMap(tool -> tool.grandchildren().stream())
              .flatMap(pid -> ProcessHandle.of(pid).stream())
              .filter(alive)
              .toList();
      if (!there.isEmpty()) {
        return signal("KILL", there.get(fault.which() % there.size()));
      }
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }

  /** All that lives on one host stands still, and later wakes up. */
  private boolean stopHost(Fault fault) throws IOException, InterruptedException {
    int host = fault.which() % scene.shape().hosts();
    Set<ProcessHandle> stopped = new LinkedHashSet<>();
    // Somebody may have been started before its parent stood still.
    for (int i = 0; i < 3; i++) {
      for (ProcessHandle victim : scene.onHost(host)) {
        if (stopped.add(victim)) {
          signal("STOP", victim);
        }
      }
    }
    Thread.sleep(fault.millis());
    for (ProcessHandle victim : stopped) {
      signal("CONT", victim);
    }
    return true;
  }

  private boolean killAtNewRun(Fault fault) throws IOException, InterruptedException {
    Optional<String> before = scene.series().run();
    for (int i = 0; i < 1000 && !scene.isOver(); i++) {
      Optional<String> now = scene.series().run();
      if (before.isPresent() && now.isPresent() && !now.equals(before)) {
        return signal("KILL", scene.workers().choose(fault.which()));
      }
      before = now.or(() -> scene.series().run());
      Thread.sleep(20);
    }
    return false;
  }

  private interface Kill {
    boolean run() throws IOException, InterruptedException;
  }

  /** A person pauses and resumes, and somebody dies in the middle of that. */
  private boolean inRequest(Fault fault, Kill kill) throws IOException, InterruptedException {
    AtomicReference<Exception> wrong = new AtomicReference<>();
    Thread person =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    users.pauseAndResume(fault.millis());
                  } catch (IOException | InterruptedException | RuntimeException e) {
                    wrong.set(e);
                  }
                });
    Thread.sleep(500 + fault.which() % 1500);
    boolean done = kill.run();
    person.join();
    if (wrong.get() != null) {
      throw new IOException(wrong.get());
    }
    return done;
  }

  private interface OnDisk {
    boolean run(StoreDisk disk) throws IOException, InterruptedException;
  }

  private boolean disk(OnDisk deed) throws IOException, InterruptedException {
    if (scene.disk().isEmpty()) {
      scene.timeLine().add(StoreDisk.REFUSED);
      return false;
    }
    return deed.run(scene.disk().get());
  }

  private static boolean fill(StoreDisk disk, Fault fault)
      throws IOException, InterruptedException {
    disk.fill(fault.millis());
    return true;
  }

  private boolean hub(Misdeed misdeed) {
    scene.hub().ifPresent(hub -> hub.misbehave(misdeed));
    return scene.hub().isPresent();
  }

  /** Sees to it that somebody comes to the place. */
  private boolean atPoint(Fault fault, String what) throws IOException, InterruptedException {
    order(fault.point(), what);
    if (fault.isTakeOver()) {
      return one(fault, scene::trainers, this::killWithSupervisor);
    } else if (fault.point().startsWith("gc.")) {
      Path left = scene.folder().store().resolve("staging").resolve("left-" + fault.which());
      Files.createDirectories(left);
      users.gc(FaultPoint.PROPERTY + "=" + scene.folder().drill());
    }
    return true;
  }

  private boolean killServer() throws IOException, InterruptedException {
    List<ProcessHandle> server = scene.server().process();
    if (server.isEmpty()) {
      return false;
    }
    scene.server().wasKilled();
    return signal("KILL", server.getFirst());
  }

  /** Its other processes end by themselves then, as in a crash. */
  private boolean killDatabase() throws IOException, InterruptedException {
    List<ProcessHandle> database = scene.server().database();
    return !database.isEmpty() && signal("KILL", database.getFirst());
  }

  private boolean stopDatabase(int millis) throws IOException, InterruptedException {
    List<ProcessHandle> all = new ArrayList<>();
    for (ProcessHandle database : scene.server().database()) {
      all.add(database);
      database.descendants().forEach(all::add);
    }
    for (ProcessHandle process : all) {
      signal("STOP", process);
    }
    Thread.sleep(millis);
    for (ProcessHandle process : all) {
      signal("CONT", process);
    }
    return !all.isEmpty();
  }

  private boolean cutNetwork(int millis) throws InterruptedException {
    scene.proxy().cut(true);
    Thread.sleep(millis);
    scene.proxy().cut(false);
    scene.timeLine().add("the network is whole again");
    return true;
  }

  private boolean slowNetwork(int millis) throws InterruptedException {
    scene.proxy().slow(millis / 10);
    Thread.sleep(millis * 2L);
    scene.proxy().slow(0);
    return true;
  }

  /** Whoever is there next takes the order. */
  private boolean order(String who, String what) throws IOException {
    Path orders = scene.folder().orders();
    // Two may be given at one moment.
    Path fresh = Files.createTempFile(orders, ".new-", "");
    Files.writeString(fresh, what);
    Files.move(fresh, orders.resolve(who), StandardCopyOption.ATOMIC_MOVE);
    return true;
  }
}
