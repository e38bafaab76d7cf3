package dev.recycler.activities.process;

import dev.recycler.activities.process.Slots.Lease;
import dev.recycler.activities.process.Slots.Priority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

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
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** Longer than a night in which nobody starts the worker again. */
  private static final Duration UNATTENDED = Duration.ofHours(24);

  /** The devices that an attempt uses, for a worker that finds it running. */
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

    /**
     * Makes the command of a new attempt.
     *
     * @param output the attempt's own, empty folder
     * @param former the attempts before, oldest first, all known to be over
     */
    ToolCommand command(Path output, List<Attempt> former) throws IOException;

    /** Called about once a second while there is nothing to run it on. */
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
    try (Lease lease = lease(run, job)) {
      Attempt attempt =
          supervision.startOrAttach(
              run,
              (output, _) -> withDevices(job.command(output, former(run, output)), lease),
              () -> job.waiting("waiting for what another worker has claimed"));
      attempt.attend(() -> job.running(attempt), endWithWorker, grace);
      return attempt;
    }
  }

  private List<Attempt> former(Path run, Path output) throws IOException {
    return supervision.all(run).stream()
        .filter(attempt -> !attempt.output().equals(output))
        .toList();
  }

  private Lease lease(Path run, Job job) throws IOException, InterruptedException {
    List<Attempt> attempts = supervision.all(run);
    if (!attempts.isEmpty() && attempts.getLast().state() == Attempt.State.RUNNING) {
      Optional<String> devices = attempts.getLast().variable(DEVICES);
      if (devices.isPresent()) {
        return slots.reclaim(List.of(devices.get().split(",")));
      }
    }
    return slots.acquire(job.devices(), job.priority(), job::waiting);
  }

  private ToolCommand withDevices(ToolCommand command, Lease lease) {
    Map<String, String> environment = new TreeMap<>(command.environment());
    String devices = String.join(",", lease.devices());
    environment.put(DEVICES, devices);
    if (slots.areGpus()) {
      environment.put("CUDA_VISIBLE_DEVICES", devices);
    }
    ToolCommand.Limits limits = command.limits();
    return command
        .withEnvironment(environment)
        .withLimits(new ToolCommand.Limits(limits.total(), limits.silence(), UNATTENDED));
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
        environment.redact(attempt.log(), folder.resolve("attempt-" + attempt.number() + ".log"));
      }
    }
  }
}
