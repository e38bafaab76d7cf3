package dev.recycler.activities.figures;

import dev.recycler.workflows.activity.Heartbeat;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An attempt at a step that runs in this process: how many there are, and for how long the one that
 * has stood still longest has told nothing new.
 */
public final class RunningStep implements AutoCloseable {
  private static final Set<RunningStep> ALL = ConcurrentHashMap.newKeySet();
  private static final Set<String> KINDS = ConcurrentHashMap.newKeySet();

  private final String kind;
  private volatile String last = "";
  private volatile long changed = System.nanoTime();

  private RunningStep(String kind) {
    this.kind = kind;
  }

  /** A step of a kind began. */
  public static RunningStep begin(String kind) {
    if (KINDS.add(kind)) {
      tell(kind);
    }
    RunningStep step = new RunningStep(kind);
    ALL.add(step);
    return step;
  }

  private static void tell(String kind) {
    Gauge.builder("recycler.steps.running", () -> count(kind))
        .description("Steps with this worker")
        .tag("kind", kind)
        .register(Metrics.globalRegistry);
    Gauge.builder("recycler.steps.still", () -> longest(kind))
        .description("Time since the step that has stood still longest told anything new")
        .baseUnit("seconds")
        .tag("kind", kind)
        .register(Metrics.globalRegistry);
  }

  /** What the step tells; a queue that does not move is no standstill. */
  public void told(Heartbeat heartbeat) {
    String now = heartbeat.phase() + " " + heartbeat.done() + " " + heartbeat.attempt();
    if (!now.equals(last) || heartbeat.phase().startsWith("waiting")) {
      last = now;
      changed = System.nanoTime();
    }
  }

  private static double count(String kind) {
    return (double) ALL.stream().filter(step -> step.kind.equals(kind)).count();
  }

  private static double longest(String kind) {
    long now = System.nanoTime();
    return ALL.stream()
        .filter(step -> step.kind.equals(kind))
        .mapToDouble(step -> (now - step.changed) / 1e9)
        .max()
        .orElse(0);
  }

  @Override
  public void close() {
    ALL.remove(this);
  }
}
