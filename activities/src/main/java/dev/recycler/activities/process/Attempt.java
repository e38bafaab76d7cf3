package dev.recycler.activities.process;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.StepInterrupted.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt of a run, seen from a worker. What it says comes from the attempt's folder, so it
 * does not matter who started it.
 */
public final class Attempt {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int POLLS_PER_REPORT = 10;

  /** Where an attempt is. */
  public enum State {
    /** The supervisor lives, or is being started. */
    RUNNING,
    /** {@link #exit()} says how. */
    ENDED,
    /** The supervisor is gone and recorded no exit; nothing of the tool runs on this host. */
    LOST
  }

  private final AttemptFolder folder;
  private final LeaseWatch lease;
  private final Optional<Process> starting;

  /**
   * A view of an attempt.
   *
   * @param starting the supervisor's process where this worker has just started it
   */
  Attempt(AttemptFolder folder, Duration leasePeriod, Optional<Process> starting) {
    this.folder = folder;
    this.lease = new LeaseWatch(folder.file("lease"), leasePeriod);
    this.starting = starting;
  }

  /** From 1. */
  public int number() {
    return folder.number();
  }

  /** Whether it was found, not started by this handle. */
  public boolean attached() {
    return starting.isEmpty();
  }

  /** The folder for what the tool makes. */
  public Path output() {
    return folder.output();
  }

  /** What the tool says on its standard output and error. */
  public Path log() {
    return folder.log();
  }

  /** What was run, without the values of secrets. */
  public List<String> arguments() throws IOException {
    return ToolCommand.read(folder.file("command"), Map.of()).arguments();
  }

  /** Between SIGTERM and SIGKILL, where its command says it. */
  Optional<Duration> grace() throws IOException {
    return hasCommand()
        ? Optional.ofNullable(ToolCommand.read(folder.file("command"), Map.of()).limits().grace())
        : Optional.empty();
  }

  /** One variable of the tool's environment; empty for a secret. */
  Optional<String> variable(String name) throws IOException {
    if (!hasCommand()) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        ToolCommand.read(folder.file("command"), Map.of()).environment().get(name));
  }

  /** When it was claimed, by the clock of the file system. */
  public Instant claimed() throws IOException {
    return Files.getLastModifiedTime(folder.file("claim")).toInstant();
  }

  /** How long its tool ran, in seconds; of one that was lost, as far as it was heard of. */
  public double seconds() throws IOException {
    Optional<ToolExit> exit = exit();
    if (exit.isPresent()) {
      return exit.get().duration().toMillis() / 1000.0;
    }
    if (!Files.exists(log())) {
      return 0;
    }
    Instant heard = Files.getLastModifiedTime(log()).toInstant();
    return Math.max(0, Duration.between(claimed(), heard).toMillis() / 1000.0);
  }

  /** How it ended; empty while it runs and where it was lost. */
  public Optional<ToolExit> exit() throws IOException {
    return folder.exit();
  }

  /**
   * Where it is now. An attempt that is found lost has its remaining processes on this host ended
   * before this returns.
   */
  public State state() throws IOException, InterruptedException {
    if (folder.exit().isPresent()) {
      return State.ENDED;
    }
    if (Files.exists(folder.file("lost"))) {
      return State.LOST;
    }
    if (!supervisorIsGone()) {
      return State.RUNNING;
    }
    if (folder.exit().isPresent()) {
      return State.ENDED;
    }
    folder.endWhatIsLeft();
    FaultPoint.reached("attempt.lost", folder.path());
    folder.recordLost();
    return State.LOST;
  }

  /** What is done while a tool runs. */
  @FunctionalInterface
  public interface Report {
    void run() throws IOException;
  }

  /**
   * Stays with the tool until it is over.
   *
   * @param report called about twice a second. A {@link StepInterrupted} from it ends the staying,
   *     and the tool only where its reason says so; any other exception ends both
   * @param endWithWorker whether a stopping worker ends the tool or leaves it to the next one
   * @param grace between SIGTERM and SIGKILL, where the tool must be ended
   */
  public void attend(Report report, boolean endWithWorker, Duration grace)
      throws IOException, InterruptedException {
    try {
      for (int poll = 0; state() == State.RUNNING; poll++) {
        if (poll % POLLS_PER_REPORT == 0) {
          RecordFile.overwrite(folder.file("attended"), "%019d%n".formatted(System.nanoTime()));
          report.run();
        }
        Thread.sleep(POLL);
      }
    } catch (StepInterrupted e) {
      if (e.reason() == Reason.CANCELLED
          || (e.reason() == Reason.WORKER_STOPPING && endWithWorker)) {
        stop(grace);
      }
      throw e;
    } catch (InterruptedException e) {
      if (endWithWorker) {
        stop(grace);
      }
      throw e;
    } catch (RuntimeException e) {
      stop(grace);
      throw e;
    }
  }

  private boolean supervisorIsGone() throws IOException {
    Optional<ProcessIdentity> supervisor = folder.identity("supervisor");
    boolean knownDead =
        supervisor.isPresent() && supervisor.get().isHere() && !supervisor.get().isAlive();
    if (knownDead) {
      return true;
    }
    return supervisor.isEmpty() ? willNotBegin() : lease.isDead();
  }

  /**
   * Whether there will be no supervisor. One that is started after all, because its claimer died
   * the moment after, finds itself fenced by the next attempt.
   */
  private boolean willNotBegin() throws IOException {
    if (starting.isPresent()) {
      return !starting.get().isAlive();
    }
    Optional<ProcessIdentity> claimer = folder.identity("claim", "claimer");
    // A claimer of this host is known to live or not, however long a busy host takes to start one.
    if (claimer.isPresent() && claimer.get().equals(ProcessIdentity.current())) {
      return !Supervision.mayBegin(folder.path());
    }
    if (claimer.isPresent() && claimer.get().isHere()) {
      return !claimer.get().isAlive();
    }
    return lease.isDead();
  }

  /**
   * Ends the tool and everything that it started: SIGTERM, then SIGKILL after the grace. Returns
   * when nothing of it is left on this host.
   */
  public void stop(Duration grace) throws IOException, InterruptedException {
    RecordFile.write(folder.file("stop"), Map.of("grace", grace.toString()));
    while (state() == State.RUNNING) {
      Thread.sleep(POLL);
    }
  }

  /** Marks an ended attempt as failed: it is not attached to again. */
  public void reject() throws IOException {
    try {
      // A new name for what is there needs no room on a full disk.
      Files.move(folder.file("unjudged"), folder.file("rejected"), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      RecordFile.write(folder.file("rejected"), Map.of());
    }
  }

  /** Whether its supervisor has written itself down. */
  boolean hasBegun() throws IOException {
    return folder.identity("supervisor").isPresent();
  }

  /** Whether its supervisor is, or was, of this boot of this host. */
  boolean isHere() throws IOException {
    return folder.identity("supervisor").filter(ProcessIdentity::isHere).isPresent();
  }

  /** Whether it has ended by itself and nobody has found fault with it. */
  boolean isUnjudged() throws IOException {
    return !isRejected()
        && exit().filter(exit -> exit.cause() == ToolExit.Cause.BY_ITSELF).isPresent();
  }

  /** Whether it was found to have ended with its supervisor. */
  boolean wasLost() {
    return Files.exists(folder.file("lost"));
  }

  boolean hasCommand() {
    return Files.exists(folder.file("command"));
  }

  boolean isRejected() {
    return Files.exists(folder.file("rejected"));
  }
}
