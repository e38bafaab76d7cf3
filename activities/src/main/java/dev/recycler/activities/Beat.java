package dev.recycler.activities;

import dev.recycler.activities.step.StepMonitor;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Heartbeat.Amount;

/** Heartbeats of a step that works in this process, about one a second however often it is run. */
final class Beat implements Runnable {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final StepMonitor monitor;
  private final String step;
  private String phase;
  private long total;
  private String unit = "bytes";
  private long last;

  Beat(StepMonitor monitor, String step, String phase) {
    this.monitor = monitor;
    this.step = step;
    this.phase = phase;
    send(0, null, null);
  }

  void total(long units, String of) {
    total = units;
    unit = of;
  }

  /** Says that the step is alive. */
  @Override
  public void run() {
    if (due()) {
      send(0, null, null);
    }
  }

  /** Says how far the step is. */
  void at(String nowIn, long done, long of, double perSecond, double secondsLeft) {
    phase = nowIn;
    total = of;
    if (due()) {
      send(done, finite(perSecond), finite(secondsLeft));
    }
  }

  private boolean due() {
    return System.nanoTime() - last >= INTERVAL_NANOS;
  }

  private void send(long done, Double perSecond, Double secondsLeft) {
    last = System.nanoTime();
    monitor.report(
        Heartbeat.of(
            step, phase, new Amount(done, total, unit, perSecond, secondsLeft), 1, monitor.host()));
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
