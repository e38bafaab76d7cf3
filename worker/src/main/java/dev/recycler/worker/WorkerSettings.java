package dev.recycler.worker;

import dev.recycler.activities.policy.Policy;
import dev.recycler.workflows.TaskQueues.Work;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the owner of a worker has decided about it.
 *
 * @param work which kinds of steps it does
 * @param labels what series files can ask for by name, e.g. {@code h100}
 * @param slots how many trainings and evaluations run at once where there are no GPUs, or nothing
 *     for what this machine has room for
 * @param mergesAtOnce how many merges run at once, at least 1
 * @param keepFree bytes of a store's disk that merges leave free
 * @param drain what becomes of running steps when the worker is told to stop
 * @param deployment which version of a worker deployment it is, where it is one
 * @param policy what series may have it do
 */
public record WorkerSettings(
    Set<Work> work,
    List<String> labels,
    Optional<Integer> slots,
    int mergesAtOnce,
    long keepFree,
    Drain drain,
    Optional<Deployment> deployment,
    Policy policy) {
  private static final long GIB = 1L << 30;

  /**
   * What becomes of running steps.
   *
   * @param manner whether they are waited for
   * @param patience how long
   */
  public record Drain(Manner manner, Duration patience) {
    /** Whether steps are waited for. */
    public enum Manner {
      /** Steps are given back at once; tools go on under their supervisors and are found again. */
      HAND_OVER,
      /** Steps are finished first, for as long as the patience lasts; then they are handed over. */
      FINISH,
      /** Tools are ended with the worker, and go on elsewhere from their last checkpoints. */
      END
    }

    /** Without waiting. */
    public static final Drain HAND_OVER = new Drain(Manner.HAND_OVER, Duration.ZERO);

    /** For workers whose server ends with them. */
    public static final Drain END = new Drain(Manner.END, Duration.ZERO);
  }

  /**
   * A version of a worker deployment, as Temporal has them.
   *
   * @param name of the deployment
   * @param build names this version of its code
   * @param pinned whether series stay on the version that they began with, until they go on in a
   *     new run; else they move at once
   */
  public record Deployment(String name, String build, boolean pinned) {}

  public WorkerSettings {
    work = Set.copyOf(work);
    labels = List.copyOf(labels);
    Objects.requireNonNull(drain, "drain");
    Objects.requireNonNull(policy, "policy");
    if (work.isEmpty()) {
      throw new IllegalArgumentException("a worker has to do something");
    }
    if (mergesAtOnce < 1) {
      throw new IllegalArgumentException("merges at once must be at least 1, not " + mergesAtOnce);
    }
  }

  /** A worker that does everything for whoever runs it. */
  public static WorkerSettings ofOwner() {
    return new WorkerSettings(
        Set.of(Work.values()),
        List.of(),
        Optional.empty(),
        2,
        GIB,
        Drain.HAND_OVER,
        Optional.empty(),
        Policy.ofOwner());
  }

  /** The same with another number of slots. */
  public WorkerSettings withSlots(int number) {
    return new WorkerSettings(
        work, labels, Optional.of(number), mergesAtOnce, keepFree, drain, deployment, policy);
  }

  /** The same that leaves another number of bytes free. */
  public WorkerSettings withKeepFree(long bytes) {
    return new WorkerSettings(work, labels, slots, mergesAtOnce, bytes, drain, deployment, policy);
  }

  /** The same with another end. */
  public WorkerSettings withDrain(Drain other) {
    return new WorkerSettings(
        work, labels, slots, mergesAtOnce, keepFree, other, deployment, policy);
  }

  /** The same with another policy. */
  public WorkerSettings withPolicy(Policy other) {
    return new WorkerSettings(
        work, labels, slots, mergesAtOnce, keepFree, drain, deployment, other);
  }

  /** Whether it runs trainers or evaluators. */
  public boolean runsTools() {
    return work.contains(Work.TRAIN) || work.contains(Work.EVALUATE);
  }
}
