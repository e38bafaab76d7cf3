package dev.recycler.activities.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The devices of a worker: GPUs by id, or as many CPU slots. Whole sets are handed out, in order of
 * arrival, so that many small jobs do not starve a large one.
 */
public final class Slots {
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

  /**
   * Devices in use; closing gives them back.
   *
   * @param devices their ids, ascending
   */
  public record Lease(Slots of, List<String> devices) implements AutoCloseable {
    @Override
    public void close() {
      of.giveBack(devices);
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
  private long arrivals;

  private Slots(List<String> devices, boolean gpus, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.gpus = gpus;
    this.free.addAll(devices);
    this.total = free.size();
    if (total == 0) {
      throw new IllegalArgumentException("a worker needs at least one slot");
    }
  }

  /** GPUs by the ids that {@code CUDA_VISIBLE_DEVICES} takes. */
  public static Slots gpus(List<String> ids) {
    return new Slots(ids, true, System::nanoTime);
  }

  /** As many jobs at a time as given, on the CPU. */
  public static Slots cpu(int count) {
    return cpu(count, System::nanoTime);
  }

  static Slots cpu(int count, LongSupplier nanoTime) {
    return new Slots(
        java.util.stream.IntStream.range(0, count).mapToObj(Integer::toString).toList(),
        false,
        nanoTime);
  }

  /** Whether the devices are GPUs. */
  public boolean areGpus() {
    return gpus;
  }

  public int total() {
    return total;
  }

  /**
   * Waits for devices.
   *
   * @param count how many, at once
   * @param whileWaiting called about once a second with a sentence on what is waited for; what it
   *     throws ends the waiting
   * @throws IllegalArgumentException where the worker has fewer
   */
  public Lease acquire(int count, Priority priority, Consumer<String> whileWaiting)
      throws InterruptedException {
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
          if (isNext(ticket)) {
            return take(ticket);
          }
          changed.await(1, TimeUnit.SECONDS);
          if (isNext(ticket)) {
            return take(ticket);
          }
          waiting = describe(ticket);
        } finally {
          lock.unlock();
        }
        whileWaiting.accept(waiting);
      }
    } finally {
      withdraw(ticket);
    }
  }

  /**
   * Takes devices that a job which was found running uses already, whoever else was promised them.
   */
  public Lease reclaim(List<String> devices) {
    lock.lock();
    try {
      free.removeAll(devices);
      used.addAll(devices);
      return new Lease(this, List.copyOf(devices));
    } finally {
      lock.unlock();
    }
  }

  private boolean isNext(Ticket ticket) {
    return ticket.equals(queue.peek()) && free.size() >= ticket.wanted();
  }

  private Lease take(Ticket ticket) {
    List<String> devices = new ArrayList<>();
    for (int i = 0; i < ticket.wanted(); i++) {
      devices.add(free.pollFirst());
    }
    used.addAll(devices);
    queue.remove(ticket);
    changed.signalAll();
    return new Lease(this, List.copyOf(devices));
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

  private void giveBack(List<String> devices) {
    lock.lock();
    try {
      for (String device : devices) {
        // Reclaimed by two jobs: free when both have given it back.
        if (used.remove(device) && !used.contains(device)) {
          free.add(device);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private String describe(Ticket ticket) {
    long before =
        queue.stream().filter(other -> queue.comparator().compare(other, ticket) < 0).count();
    String what = gpus ? "GPU" : "slot";
    return "waiting for %d of %d %ss, %d free, %d before it"
        .formatted(ticket.wanted(), total, what, free.size(), before);
  }

  private static String natural(String id) {
    return id.matches("[0-9]{1,9}") ? "%09d".formatted(Integer.valueOf(id)) : id;
  }
}
