package dev.recycler.activities.step;

import dev.recycler.workflows.activity.Heartbeat;

/** The line between a running step and whoever asked for it. Safe for use by several threads. */
public interface StepMonitor {
  /**
   * Says where the step is. The loop that owns the work calls this at least every few seconds.
   *
   * @throws StepInterrupted where the step must end; the message says why
   */
  void report(Heartbeat heartbeat);

  /**
   * Names this execution of the step: the same over retries, on whatever worker; another one after
   * a person resumed a failed step. Bounds on retries count within it.
   */
  String execution();

  /** Host name for heartbeats and lineage. */
  String host();
}
