package dev.recycler.activities.process;

import dev.recycler.activities.process.Gpus.Gpu;
import dev.recycler.activities.process.HostDevices.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of a worker: GPUs by id, or as many CPU slots. Whole sets are handed out, in order of
 * arrival, so that many small jobs do not starve a large one. What is handed out is recorded for
 * the other workers of the host, and for the next worker where this one is killed.
 */
public final class Slots {
  private static final Logger LOG = LoggerFactory.getLogger(Slots.class);

  /** What a job is; fine-tunings go first. */
  public enum Priority {
    FINETUNE(Duration.ZERO),
    /** Stands behind fine-tunings that come up to a minute later, so it is not starved by them. */
    EVALUATE(Duration.ofMinutes(1));

    private final Duration handicap;

    Priority(Duration handicap) {
      this.handicap = handicap;
    }
  }

  /** What is done about once a second while there are no devices. */
  @FunctionalInterface
  public interface Waiting {
    /**
     * Tells what is waited for.
     *
     * @return whether they are still wanted
     */
    boolean goOn(String why) throws IOException, InterruptedException;
  }

  /** Devices in use; closing gives them back. */
  public static final class Lease implements AutoCloseable {
    private final Slots of;
    private final List<String> devices;
    private final Optional<Promise> promise;

    private Lease(Slots of, List<String> devices, Optional<Promise> promise) {
      this.of = of;
      this.devices = List.copyOf(devices);
      this.promise = promise;
    }

    /** Their ids, ascending. */
    public List<String> devices() {
      return devices;
    }

    /** What is recorded for other workers. */
    Promise promise() {
      return promise.orElseThrow();
    }

    @Override
    public void close() {
      of.giveBack(this);
    }
  }

  private record Ticket(long key, long arrival, int wanted) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LongSupplier nanoTime;
  private final int total;
  private final boolean gpus;
  private final List<String> used = new ArrayList<>();
  private final TreeSet<String> free = new TreeSet<>(Comparator.comparing(Slots::natural));
  private final PriorityQueue<Ticket> queue =
      new PriorityQueue<>(Comparator.comparingLong(Ticket::key).thenComparingLong(Ticket::arrival));
  private final Path records;
  private final HostDevices host;
  private final Map<String, String> keys;
  private long arrivals;
  private int elsewhere;

  private Slots(Map<String, String> keys, boolean gpus, Path records, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.gpus = gpus;
    this.keys = Map.copyOf(keys);
    this.records = records;
    this.host = new HostDevices(records);
    this.free.addAll(keys.keySet());
    this.total = free.size();
    if (total == 0) {
      throw new IllegalArgumentException("a worker needs at least one slot");
    }
  }

  /**
   * GPUs.
   *
   * @param ids as {@code CUDA_VISIBLE_DEVICES} takes them
   * @param records folder in which the workers of this host record what they use
   */
  public static Slots gpus(List<Gpu> ids, Path records) {
    Map<String, String> keys = new TreeMap<>();
    ids.forEach(gpu -> keys.put(gpu.id(), gpu.uuid()));
    return new Slots(keys, true, records, System::nanoTime);
  }

  /** As many jobs at a time as given, on the CPU. */
  public static Slots cpu(int count, Path records) {
    return cpu(count, records, System::nanoTime);
  }

  static Slots cpu(int count, Path records, LongSupplier nanoTime) {
    Map<String, String> keys = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      keys.put(Integer.toString(i), "cpu-" + i);
    }
    return new Slots(keys, false, records, nanoTime);
  }

  /** Whether the devices are GPUs. */
  public boolean areGpus() {
    return gpus;
  }

  public int total() {
    return total;
  }

  /** How many this worker has not given out. */
  public int free() {
    lock.lock();
    try {
      return free.size();
    } finally {
      lock.unlock();
    }
  }

  /** How many stand in line for them. */
  public int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for devices.
   *
   * @param count how many, at once
   * @param whileWaiting called with a sentence on what is waited for; what it throws ends the
   *     waiting
   * @return empty where they are no longer wanted
   * @throws IllegalArgumentException where the worker has fewer
   */
  public Optional<Lease> acquire(int count, Priority priority, Waiting whileWaiting)
      throws IOException, InterruptedException {
    if (count < 1 || count > total) {
      throw new IllegalArgumentException(
          count + " slots are asked for, and this worker has " + total);
    }
    Ticket ticket;
    lock.lockInterruptibly();
    try {
      ticket = new Ticket(nanoTime.getAsLong() + priority.handicap.toNanos(), arrivals++, count);
      queue.add(ticket);
    } finally {
      lock.unlock();
    }
    try {
      while (true) {
        String waiting;
        lock.lockInterruptibly();
        try {
          Optional<Lease> lease = tryTake(ticket);
          if (lease.isEmpty()) {
            changed.await(1, TimeUnit.SECONDS);
            lease = tryTake(ticket);
          }
          if (lease.isPresent()) {
            return lease;
          }
          waiting = describe(ticket);
        } finally {
          lock.unlock();
        }
        if (!whileWaiting.goOn(waiting)) {
          return Optional.empty();
        }
      }
    } finally {
      withdraw(ticket);
    }
  }

  /**
   * Takes devices that a job which was found running uses already, whoever else was promised them.
   * Their record is its supervisor's.
   */
  public Lease reclaim(List<String> devices) {
    lock.lock();
    try {
      free.removeAll(devices);
      used.addAll(devices);
      return new Lease(this, devices, Optional.empty());
    } finally {
      lock.unlock();
    }
  }

  private Optional<Lease> tryTake(Ticket ticket) throws IOException {
    if (!ticket.equals(queue.peek()) || free.size() < ticket.wanted()) {
      return Optional.empty();
    }
    List<String> inUse = host.inUse(free.stream().map(keys::get).toList());
    elsewhere = inUse.size();
    List<String> devices =
        free.stream()
            .filter(device -> !inUse.contains(keys.get(device)))
            .limit(ticket.wanted())
            .toList();
    if (devices.size() < ticket.wanted()) {
      return Optional.empty();
    }
    Promise promise =
        new Promise(
            records, UUID.randomUUID().toString(), devices.stream().map(keys::get).toList());
    if (!host.claim(promise)) {
      return Optional.empty();
    }
    devices.forEach(free::remove);
    used.addAll(devices);
    queue.remove(ticket);
    changed.signalAll();
    return Optional.of(new Lease(this, devices, Optional.of(promise)));
  }

  private void withdraw(Ticket ticket) {
    lock.lock();
    try {
      queue.remove(ticket);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Removes records of processes of this host that are gone, for a worker that begins or ends. */
  public void tidy() {
    try {
      host.tidy();
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("the records of devices in {} cannot be tidied", records, e);
    }
  }

  private void giveBack(Lease lease) {
    lock.lock();
    try {
      for (String device : lease.devices()) {
        // Reclaimed by two jobs: free when both have given it back.
        if (used.remove(device) && !used.contains(device) && keys.containsKey(device)) {
          free.add(device);
        }
      }
      if (lease.promise.isPresent()) {
        host.giveBack(lease.promise.get());
      }
    } catch (IOException e) {
      // What the job did must not be lost for this; the record ends with this process.
      LOG.warn("the record of the devices {} cannot be removed", lease.devices(), e);
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  private String describe(Ticket ticket) {
    long before =
        queue.stream().filter(other -> queue.comparator().compare(other, ticket) < 0).count();
    String what = gpus ? "GPU" : "slot";
    return "waiting for %d of %d %ss, %d free, %d before it%s"
        .formatted(
            ticket.wanted(),
            total,
            what,
            free.size() - elsewhere,
            before,
            elsewhere == 0 ? "" : ", " + elsewhere + " used by another worker of this host");
  }

  private static String natural(String id) {
    return id.matches("[0-9]{1,9}") ? "%09d".formatted(Integer.valueOf(id)) : id;
  }
}
