package dev.recycler.activities.process;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.activities.process.ToolExit.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The process between a worker and a tool: {@code java … Supervisor ATTEMPT_FOLDER}. It uses the
 * JDK and this package only, so that it starts fast, stays small and goes on while the worker is
 * replaced.
 */
final class Supervisor {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration RENEWAL = Duration.ofSeconds(1);
  private static final Duration GRACE_UNASKED = Duration.ofSeconds(3);
  private static final Duration LIMIT_OF_ENDING = Duration.ofSeconds(60);

  /** Two blocks: for the record and for its way into the folder. */
  private static final int ROOM_FOR_EXIT = 8192;

  private final AttemptFolder folder;
  private final Instant started = Instant.now();
  private volatile boolean terminated;

  private ToolCommand command;
  private Optional<LeaseWatch> attendance = Optional.empty();
  private ProcessIdentity tool;
  private ProcessTree tree;
  private Posix.Status status;
  private long renewed;
  private long renewals;
  private long lastGrowth = System.nanoTime();
  private long lastSize;

  private Cause cause;
  private long endingSince;
  private Duration grace;
  private boolean asked;

  private Supervisor(AttemptFolder folder) {
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    Posix.newSession();
    // Loaded now: the jar may be replaced by an upgrade while the tool runs.
    Class.forName(ToolExit.class.getName());
    Class.forName(Cause.class.getName());
    Class.forName(HostDevices.class.getName());
    Supervisor supervisor = new Supervisor(AttemptFolder.of(Path.of(arguments[0])));
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().unstarted(() -> supervisor.terminate(main)));
    supervisor.run();
    Runtime.getRuntime().halt(0);
  }

  /** SIGTERM to the supervisor: the tool is ended first. */
  private void terminate(Thread main) {
    terminated = true;
    try {
      main.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() throws IOException, InterruptedException {
    Map<String, String> identity = new TreeMap<>();
    Identities.put(identity, "supervisor", ProcessIdentity.current());
    RecordFile.write(folder.file("supervisor"), identity);
    Files.write(folder.file("reserve"), new byte[ROOM_FOR_EXIT]);
    renewLease();
    FaultPoint.reached("supervisor.begun", folder.path());
    if (folder.isFenced()) {
      end(Cause.FENCED, "");
      return;
    }
    try {
      command = ToolCommand.read(folder.file("command"), System.getenv());
      if (!holdsDevices()) {
        end(Cause.DEVICES_TAKEN, "");
        return;
      }
      start();
    } catch (IOException e) {
      if (tree == null) {
        end(Cause.NOT_STARTED, e.getMessage());
        return;
      }
      // It runs, and only could not be written down: it is watched all the same.
      System.err.println(Instant.now() + " " + e);
    }
    watch();
  }

  /** Whether the worker's claim, which may have died with it, still stands. */
  private boolean holdsDevices() throws IOException {
    return command.devices().isEmpty()
        || new HostDevices(command.devices().get().records())
            .takeOver(command.devices().get(), folder);
  }

  private void start() throws IOException {
    attendance =
        Optional.ofNullable(command.limits().unattended())
            .map(limit -> new LeaseWatch(folder.file("attended"), limit));
    Map<String, String> environment = new TreeMap<>(command.environment());
    environment.put(ProcessTree.TOKEN, ProcessTree.value(folder.token()));
    List<String> variables = new ArrayList<>();
    environment.forEach((name, value) -> variables.add(name + "=" + value));
    String name = command.arguments().getFirst();
    Path program = Programs.find(name, command.directory(), environment.get("PATH"));
    if (!Files.isDirectory(command.directory())) {
      throw new IOException("the working directory " + command.directory() + " does not exist");
    }
    long pid;
    try {
      pid = Posix.spawn(program, command.arguments(), variables, command.directory(), folder.log());
    } catch (IOException e) {
      throw new IOException(program + " cannot be started: " + e.getMessage(), e);
    }
    // A tool that has ended already has no identity to be read, and none is needed.
    tool = ProcessIdentity.of(pid).orElse(new ProcessIdentity(pid, "ended", Place.here()));
    tree = new ProcessTree(tool, folder.token());
    FaultPoint.reached("supervisor.tool-started", folder.path());
    Map<String, String> identity = new TreeMap<>();
    Identities.put(identity, "tool", tool);
    RecordFile.write(folder.file("tool"), identity);
  }

  private void watch() throws InterruptedException {
    while (true) {
      try {
        if (!isRemoved()) {
          renewLease();
        }
        if (status == null) {
          status = Posix.reap(tool.pid());
        }
        if (cause == null) {
          decide();
        }
        if (cause != null && ended()) {
          if (isRemoved()) {
            giveBackDevices();
          } else {
            end(cause, "");
          }
          return;
        }
      } catch (IOException e) {
        // A file system that is full or away for a while must not cost a run of days.
        System.err.println(Instant.now() + " " + e);
      }
      Thread.sleep(POLL);
    }
  }

  private void decide() throws IOException {
    if (folder.isFenced() || isRemoved()) {
      ending(Cause.FENCED, GRACE_UNASKED);
    } else if (status != null) {
      ending(Cause.BY_ITSELF, GRACE_UNASKED);
    } else if (Files.exists(folder.file("stop"))) {
      String seconds =
          RecordFile.read(folder.file("stop")).orElse(Map.of()).getOrDefault("grace", "PT10S");
      ending(Cause.STOPPED, Duration.parse(seconds));
    } else if (terminated) {
      ending(Cause.STOPPED, GRACE_UNASKED);
    } else if (command.owner().isPresent() && !command.owner().get().isAlive()) {
      ending(Cause.OWNER_GONE, GRACE_UNASKED);
    } else {
      limits();
    }
  }

  private void limits() throws IOException {
    long size = Files.size(folder.log());
    if (size != lastSize) {
      lastSize = size;
      lastGrowth = System.nanoTime();
    }
    Duration total = command.limits().total();
    Duration silence = command.limits().silence();
    if (total != null && Duration.between(started, Instant.now()).compareTo(total) > 0) {
      ending(Cause.TIME_LIMIT, grace());
    } else if (silence != null && since(lastGrowth).compareTo(silence) > 0) {
      ending(Cause.SILENCE_LIMIT, grace());
    } else if (attendance.isPresent() && attendance.get().isDead()) {
      ending(Cause.UNATTENDED, grace());
    }
  }

  private Duration grace() {
    Duration own = command.limits().grace();
    return own == null ? GRACE_UNASKED : own;
  }

  private void ending(Cause why, Duration graceful) {
    cause = why;
    grace = graceful;
    endingSince = System.nanoTime();
  }

  /** One step towards the end of every member of the tree; true when none is left. */
  private boolean ended() {
    List<Long> members = tree.members();
    if (members.isEmpty() && status != null) {
      return true;
    }
    Duration taken = since(endingSince);
    if (taken.compareTo(grace.plus(LIMIT_OF_ENDING)) > 0) {
      System.err.println(Instant.now() + " processes that would not end: " + members);
      return true;
    }
    if (taken.compareTo(grace) > 0) {
      tree.signal(Posix.SIGKILL);
    } else if (!asked) {
      asked = true;
      tree.signal(Posix.SIGTERM);
    }
    return false;
  }

  private void end(Cause why, String note) throws IOException {
    int code = status == null ? -1 : status.code();
    int signal = status == null ? 0 : status.signal();
    giveBackDevices();
    FaultPoint.reached("supervisor.before-exit", folder.path());
    Files.deleteIfExists(folder.file("reserve"));
    new ToolExit(why, code, signal, started, Instant.now(), note).write(folder.file("exit"));
  }

  /** Before the end is told, so that whoever waits for it finds them free. */
  private void giveBackDevices() {
    boolean nothingHangs = tree == null || tree.members().isEmpty();
    if (command != null && command.devices().isPresent() && nothingHangs) {
      try {
        new HostDevices(command.devices().get().records()).giveBack(command.devices().get());
      } catch (IOException e) {
        // They are free with this process's own end too.
        System.err.println(Instant.now() + " " + e);
      }
    }
  }

  /** Whether somebody has removed the attempt, so that nobody can ever find the tool again. */
  private boolean isRemoved() {
    return Files.notExists(folder.path());
  }

  private void renewLease() throws IOException {
    if (renewals > 0 && since(renewed).compareTo(RENEWAL) < 0) {
      return;
    }
    renewed = System.nanoTime();
    renewals++;
    RecordFile.overwrite(folder.file("lease"), "%019d%n".formatted(renewals));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
