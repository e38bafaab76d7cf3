package dev.recycler.cli.series;

import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.progress.SeriesProgress;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A series at one moment.
 *
 * @param progress what the workflow says of itself
 * @param heartbeats the last sign of life of each running step, by the step's id
 */
public record Look(SeriesProgress progress, Map<String, Heartbeat> heartbeats) {
  private static final Pattern COMMAND = Pattern.compile("`(recycler [^`]*)`");

  public Look {
    heartbeats = Map.copyOf(heartbeats);
  }

  /** The same, with the commands in its message as a person has to type them for this server. */
  Look asTyped(String options) {
    return progress.message() == null || options.isEmpty()
        ? this
        : new Look(
            new SeriesProgress(
                progress.spec(),
                progress.state(),
                COMMAND
                    .matcher(progress.message())
                    .replaceAll("`$1" + Matcher.quoteReplacement(options) + "`"),
                progress.steps(),
                progress.models()),
            heartbeats);
  }
}
