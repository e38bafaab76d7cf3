package dev.recycler.activities.process;

import dev.recycler.activities.figures.StepFigures;
import dev.recycler.activities.process.Slots.Lease;
import dev.recycler.activities.process.Slots.Priority;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.ThisHost;
import dev.recycler.workflows.activity.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a worker runs tools.
 *
 * @param slots the devices it may use
 * @param supervision how its tools are watched over
 * @param endWithWorker whether a worker that stops in an orderly way ends its tools, or leaves them
 *     to the next one
 * @param grace between SIGTERM and SIGKILL for a tool that must end
 */
public record ToolHost(
    Slots slots, Supervision supervision, boolean endWithWorker, Duration grace) {
  private static final Logger LOG = LoggerFactory.getLogger(ToolHost.class);
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** Longer than a night in which nobody starts the worker again. */
  private static final Duration UNATTENDED = Duration.ofHours(24);

  /** The devices that an attempt uses, for a worker that finds it running and for the tool. */
  private static final String DEVICES = "RECYCLER_DEVICES";

  public ToolHost {
    Objects.requireNonNull(slots, "slots");
    Objects.requireNonNull(supervision, "supervision");
    Objects.requireNonNull(grace, "grace");
  }

  public ToolHost(Slots slots, boolean endWithWorker) {
    this(slots, new Supervision(), endWithWorker, GRACE);
  }

  /** What a step wants to be run. */
  public interface Job {
    /** How many devices it needs at once. */
    int devices();

    Priority priority();

    /** What its tool sees; the values of secrets are taken out of its log when it is over. */
    ToolEnvironment environment();

    /**
     * Makes the command of a new attempt.
     *
     * @param output the attempt's own, empty folder
     * @param former the attempts before, oldest first, all known to be over
     */
    ToolCommand command(Path output, List<Attempt> former) throws IOException;

    /** Called about once a second while there is nothing to run it on; what it throws ends that. */
    void waiting(String why);

    /** Called about twice a second while it runs. */
    void running(Attempt attempt) throws IOException;
  }

  /**
   * Waits for devices, starts the tool or attaches to the one that runs already, and stays until it
   * is over: ended, lost, or ended because what the job's callbacks threw says so.
   *
   * @param run folder of the run, kept between the executions of a step
   */
  public Attempt run(Path run, Job job) throws IOException, InterruptedException {
    while (true) {
      Optional<Attempt> found = supervision.find(run);
      if (found.isPresent()) {
        try (Lease _ = slots.reclaim(devicesHere(found.get()))) {
          return attend(found.get(), job);
        }
      }
      requireEnough(job);
      Optional<Lease> lease =
          slots.acquire(
              job.devices(),
              job.priority(),
              why -> {
                job.waiting(why);
                return supervision.find(run).isEmpty();
              });
      if (lease.isPresent()) {
        try (Lease held = lease.get()) {
          Attempt attempt =
              supervision.startOrAttach(
                  run,
                  (output, _) -> begin(run, output, job, held),
                  () -> job.waiting("waiting for what another worker has claimed"));
          if (!attempt.attached()) {
            return attend(attempt, job);
          }
        }
      }
      // Somebody else has begun the same run meanwhile: it is found above.
    }
  }

  private ToolCommand begin(Path run, Path output, Job job, Lease held) throws IOException {
    List<Attempt> former = former(run, output);
    ToolCommand command = withDevices(job.command(output, former), held);
    if (!former.isEmpty() && former.getLast().wasLost()) {
      StepFigures.tookOver();
    }
    return command;
  }

  private void requireEnough(Job job) {
    if (job.devices() > slots.total()) {
      throw new StepFailed(
          FailureKind.MACHINE,
          "it needs %d %s at once, and the worker on %s has %d; give workers that have as many a label, and ask for it under resources"
              .formatted(
                  job.devices(),
                  slots.areGpus() ? "GPUs" : "slots",
                  ThisHost.name(),
                  slots.total()));
    }
  }

  /** Looks at what a tool has left. */
  @FunctionalInterface
  public interface Judge<T> {
    /**
     * Gives what is whole and as much as was asked for.
     *
     * @throws StepFailed that names the fault
     */
    T judge(Attempt attempt) throws IOException;
  }

  /**
   * Has an attempt judged that is over. One with a fault is not attached to again, so that a retry
   * starts the next.
   *
   * @param tool the tool's name, for people
   * @throws StepFailed where it did not end by itself with exit code 0, or the judge finds fault
   */
  public static <T> T judged(
      Attempt attempt, String tool, ToolEnvironment environment, Judge<T> judge)
      throws IOException, InterruptedException {
    try {
      if (attempt.state() != Attempt.State.ENDED || !attempt.exit().orElseThrow().isZero()) {
        throw ToolFailures.of(tool, attempt, environment);
      }
      return judge.judge(attempt);
    } catch (StepFailed e) {
      try {
        attempt.reject();
      } catch (IOException full) {
        e.addSuppressed(full);
      }
      throw e;
    }
  }

  private Attempt attend(Attempt attempt, Job job) throws IOException, InterruptedException {
    try {
      attempt.attend(() -> job.running(attempt), endWithWorker, attempt.grace().orElse(grace));
      return attempt;
    } finally {
      redactLog(attempt, job.environment());
    }
  }

  /** A log that grows no more stays in the store when the step fails. */
  private static void redactLog(Attempt attempt, ToolEnvironment environment) {
    try {
      if (attempt.exit().isPresent() && Files.exists(attempt.log())) {
        environment.redactFile(attempt.log());
      }
    } catch (IOException e) {
      // On a full disk above all, where the step's own failure is the message.
      LOG.warn("secrets cannot be taken out of {}", attempt.log(), e);
    }
  }

  private static List<String> devicesHere(Attempt attempt) throws IOException {
    return attempt.isHere()
        ? attempt.variable(DEVICES).map(devices -> List.of(devices.split(","))).orElse(List.of())
        : List.of();
  }

  private List<Attempt> former(Path run, Path output) throws IOException {
    return supervision.all(run).stream()
        .filter(attempt -> !attempt.output().equals(output))
        .toList();
  }

  private ToolCommand withDevices(ToolCommand command, Lease lease) {
    Map<String, String> environment = new TreeMap<>(command.environment());
    String devices = String.join(",", lease.devices());
    environment.put(DEVICES, devices);
    if (slots.areGpus()) {
      environment.put("CUDA_VISIBLE_DEVICES", devices);
      // The numbers are nvidia-smi's, and CUDA counts the fastest first unless told otherwise.
      environment.putIfAbsent("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    }
    return command
        .withEnvironment(environment)
        .withDevices(lease.promise())
        .withLimits(command.limits().unattended(UNATTENDED));
  }

  /**
   * Keeps the logs of all attempts, without the values of secrets, as {@code attempt-N.log}.
   *
   * @param folder where to; made where it is missing
   */
  public void keepLogs(Path run, Path folder, ToolEnvironment environment) throws IOException {
    Files.createDirectories(folder);
    for (Attempt attempt : supervision.all(run)) {
      if (Files.exists(attempt.log())) {
        environment.copyRedacted(
            attempt.log(), folder.resolve("attempt-" + attempt.number() + ".log"));
      }
    }
  }
}
