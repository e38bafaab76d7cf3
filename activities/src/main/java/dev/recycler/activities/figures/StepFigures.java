package dev.recycler.activities.figures;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The figures of steps. Their names in Prometheus are in {@code docs/cluster.md}, and a test holds
 * dashboards and alerts to them.
 */
public final class StepFigures {
  private static final Set<Path> STORES = ConcurrentHashMap.newKeySet();

  private StepFigures() {}

  /** Has figures that count rare things told from the start, as none. */
  public static void begin() {
    merged(0, 0);
    ran(0, 0, 0);
    Metrics.counter("recycler.lease.takeovers").increment(0);
  }

  /** How an attempt at a step ended. */
  public enum Outcome {
    /** It did the work. */
    DONE,
    /** The store had the result. */
    REUSED,
    FAILED,
    /** Cancelled, given back by a worker that stops, or given to another attempt. */
    INTERRUPTED
  }

  /** An attempt at a step began. */
  public static void waited(String kind, Duration inQueue) {
    Timer.builder("recycler.queue.wait")
        .description("Time between a step's turn and its start on a worker")
        .tag("kind", kind)
        .register(Metrics.globalRegistry)
        .record(inQueue.isNegative() ? Duration.ZERO : inQueue);
  }

  /** An attempt at a step ended. */
  public static void ended(String kind, Outcome outcome, Duration took) {
    Timer.builder("recycler.steps")
        .description("Attempts at steps")
        .tag("kind", kind)
        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .register(Metrics.globalRegistry)
        .record(took);
  }

  /** A merge was written. */
  public static void merged(long bytesRead, long bytesWritten) {
    Metrics.counter("recycler.merge.bytes", "direction", "read").increment((double) bytesRead);
    Metrics.counter("recycler.merge.bytes", "direction", "written")
        .increment((double) bytesWritten);
  }

  /**
   * The result of a tool was published.
   *
   * @param devices how many it ran on at once
   * @param seconds of all its attempts together
   * @param wasted of those, what had to be done again
   */
  public static void ran(int devices, double seconds, double wasted) {
    Metrics.counter("recycler.device.seconds", "use", "useful")
        .increment(devices * Math.max(0, seconds - wasted));
    Metrics.counter("recycler.device.seconds", "use", "wasted").increment(devices * wasted);
  }

  /** A tool was begun in the place of one whose supervisor is gone. */
  public static void tookOver() {
    Metrics.counter("recycler.lease.takeovers").increment();
  }

  /** A step uses a store: how full it is, is told from now on. */
  public static void uses(Path store) {
    if (STORES.add(store)) {
      StoreSize.tell(store);
    }
  }
}
