package dev.recycler.activities.process;

import dev.recycler.activities.drill.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Starts tools under supervision, or finds those that run.
 *
 * @param leasePeriod how long a lease must be seen unchanged before its holder counts as dead; of
 *     use against stopped supervisors and for other hosts only: on its own host a dead supervisor
 *     is known at once
 */
public record Supervision(Duration leasePeriod) {
  /** Long enough for a file system of a cluster that is away for a while. */
  public static final Duration LEASE_PERIOD = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(100);

  /** How often room for a record is looked for on a full disk. */
  private static final Duration ROOM_POLL = Duration.ofSeconds(1);

  /**
   * What this process has claimed and not given up: the supervisors it has started, or nothing yet.
   * A full disk may not take the record that a claim was given up.
   */
  private static final Map<Path, Optional<Process>> CLAIMS = new ConcurrentHashMap<>();

  private static final List<String> KEPT = List.of("LANG", "LC_ALL", "LC_CTYPE");

  public Supervision() {
    this(FaultPoint.lease(LEASE_PERIOD));
  }

  /** Makes the command of a new attempt, when all former ones are known to be over. */
  @FunctionalInterface
  public interface Preparation {
    /**
     * Makes the command.
     *
     * @param output the new attempt's own, empty folder
     * @param formerOutputs those of the attempts before, oldest first
     */
    ToolCommand command(Path output, List<Path> formerOutputs) throws IOException;
  }

  /**
   * Attaches to the newest attempt of a run where it runs or where nobody has judged its end yet;
   * else takes over and starts the next one.
   *
   * @param run the run's folder; made where it is missing
   * @param wait called while the state of another host's attempt is being found out; what it throws
   *     ends the waiting
   */
  public Attempt startOrAttach(Path run, Preparation preparation, Runnable wait)
      throws IOException, InterruptedException {
    Files.createDirectories(run);
    while (true) {
      List<AttemptFolder> former = AttemptFolder.all(run);
      if (!former.isEmpty()) {
        Attempt newest = new Attempt(former.getLast(), leasePeriod, Optional.empty());
        if (isWorthAttaching(newest, wait)) {
          return newest;
        }
      }
      int number = former.isEmpty() ? 1 : former.getLast().number() + 1;
      Optional<AttemptFolder> claimed = AttemptFolder.claim(run, number);
      if (claimed.isPresent()) {
        return startOrGiveUp(claimed.get(), former, preparation);
      }
    }
  }

  /** The newest attempt of a run where it runs, or has ended and nobody has judged its end yet. */
  public Optional<Attempt> find(Path run) throws IOException, InterruptedException {
    List<Attempt> attempts = all(run);
    if (attempts.isEmpty()) {
      return Optional.empty();
    }
    Attempt newest = attempts.getLast();
    boolean worth =
        switch (newest.state()) {
          case RUNNING -> newest.hasBegun();
          case ENDED -> newest.isUnjudged();
          case LOST -> false;
        };
    return worth ? Optional.of(newest) : Optional.empty();
  }

  /** Every attempt of a run, oldest first. */
  public List<Attempt> all(Path run) throws IOException {
    Files.createDirectories(run);
    return AttemptFolder.all(run).stream()
        .map(folder -> new Attempt(folder, leasePeriod, Optional.empty()))
        .toList();
  }

  /** The attempts of a run that got as far as a command; one whose claimer died did not. */
  public List<Attempt> begun(Path run) throws IOException {
    return all(run).stream().filter(Attempt::hasCommand).toList();
  }

  private static boolean isWorthAttaching(Attempt attempt, Runnable wait)
      throws IOException, InterruptedException {
    while (attempt.state() == Attempt.State.RUNNING) {
      if (attempt.hasBegun()) {
        return true;
      }
      // Claimed and not yet begun, or never to begin: its claimer may have died.
      wait.run();
      Thread.sleep(POLL);
    }
    return attempt.state() == Attempt.State.ENDED && attempt.isUnjudged();
  }

  private Attempt startOrGiveUp(
      AttemptFolder folder, List<AttemptFolder> former, Preparation preparation)
      throws IOException, InterruptedException {
    CLAIMS.put(folder.path(), Optional.empty());
    try {
      return start(folder, former, preparation);
    } catch (IOException | InterruptedException | RuntimeException e) {
      CLAIMS.remove(folder.path());
      try {
        // Nobody has to wait for a supervisor that will never be.
        folder.recordLost();
      } catch (IOException full) {
        e.addSuppressed(full);
        giveUpLater(folder);
      }
      throw e;
    }
  }

  private static void giveUpLater(AttemptFolder folder) {
    Thread.ofVirtual().name("give-up-" + folder.path()).start(() -> giveUp(folder));
  }

  /**
   * Records an attempt as lost whose supervisor never wrote itself down, as soon as there is room
   * for it. Other workers believe that a living one still means to begin what it has claimed.
   */
  private static void giveUp(AttemptFolder folder) {
    try {
      while (Files.isDirectory(folder.path())) {
        Thread.sleep(ROOM_POLL);
        try {
          if (folder.identity("supervisor").isEmpty()) {
            folder.recordLost();
          }
          return;
        } catch (IOException full) {
          // The disk is still full, or the run's folder was removed.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Attempt start(AttemptFolder folder, List<AttemptFolder> former, Preparation preparation)
      throws IOException, InterruptedException {
    Map<String, String> claim = new TreeMap<>(Map.of("token", UUID.randomUUID().toString()));
    Identities.put(claim, "claimer", ProcessIdentity.current());
    RecordFile.write(folder.file("claim"), claim);
    Files.createFile(folder.file("unjudged"));
    FaultPoint.reached("attempt.claimed", folder.path());
    for (AttemptFolder before : former) {
      if (before.exit().isEmpty()) {
        // Whoever found it lost may have been another host, which could not end its processes.
        before.endWhatIsLeft();
      }
    }
    ToolCommand command =
        preparation.command(folder.output(), former.stream().map(AttemptFolder::output).toList());
    command.write(folder.file("command"));
    ProcessBuilder builder = new ProcessBuilder(commandLine(folder));
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(KEPT);
    environment.putAll(command.secretValues());
    builder
        .directory(folder.path().toFile())
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(folder.file("supervisor.log").toFile());
    FaultPoint.reached("attempt.before-supervisor", folder.path());
    Process supervisor = builder.start();
    CLAIMS.put(folder.path(), Optional.of(supervisor));
    var _ = supervisor.onExit().thenRun(() -> ended(folder));
    return new Attempt(folder, leasePeriod, Optional.of(supervisor));
  }

  private static void ended(AttemptFolder folder) {
    CLAIMS.remove(folder.path());
    giveUpLater(folder);
  }

  /** Whether an attempt that this process has claimed may still get a supervisor. */
  static boolean mayBegin(Path attempt) {
    Optional<Process> claimed = CLAIMS.get(attempt);
    return claimed != null && claimed.map(Process::isAlive).orElse(true);
  }

  private static List<String> commandLine(AttemptFolder folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx32m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(FaultPoint.options());
    command.addAll(
        List.of("-cp", classPath(), Supervisor.class.getName(), folder.path().toString()));
    return command;
  }

  private static String classPath() {
    try {
      return Path.of(Supervisor.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException("the place of the supervisor's classes is not known", e);
    }
  }
}
