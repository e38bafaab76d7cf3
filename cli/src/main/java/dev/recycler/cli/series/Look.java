package dev.recycler.cli.series;

import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.progress.SeriesProgress;
import java.util.Map;

/**
 * A series at one moment.
 *
 * @param progress what the workflow says of itself
 * @param heartbeats the last sign of life of each running step, by the step's id
 */
public record Look(SeriesProgress progress, Map<String, Heartbeat> heartbeats) {
  public Look {
    heartbeats = Map.copyOf(heartbeats);
  }
}
