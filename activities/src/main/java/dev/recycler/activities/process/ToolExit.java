package dev.recycler.activities.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a tool ended.
 *
 * @param cause why it ended
 * @param code its exit code, or -1 where a signal ended it or it never ran
 * @param signal the signal that ended it, or 0
 * @param started when its supervisor began
 * @param ended when its last process was gone
 * @param note one sentence where there is more to say, or empty
 */
public record ToolExit(
    Cause cause, int code, int signal, Instant started, Instant ended, String note) {

  /** Why a tool ended. */
  public enum Cause {
    /** By itself, or by a signal from elsewhere. */
    BY_ITSELF,
    /** It could not be started; the note says why. */
    NOT_STARTED,
    /** Somebody asked for it. */
    STOPPED,
    /** A newer attempt took over. */
    FENCED,
    /** Its devices were another's when it was to begin. */
    DEVICES_TAKEN,
    /** Its owner is gone. */
    OWNER_GONE,
    /** It ran longer than it may. */
    TIME_LIMIT,
    /** Its log did not grow for too long. */
    SILENCE_LIMIT,
    /** No worker attended to it for too long. */
    UNATTENDED
  }

  /** Whether it ended by itself with exit code 0. */
  public boolean isZero() {
    return cause == Cause.BY_ITSELF && code == 0;
  }

  /** How long it took. */
  public Duration duration() {
    return Duration.between(started, ended);
  }

  void write(Path file) throws IOException {
    Map<String, String> values = new TreeMap<>();
    values.put("cause", cause.name());
    values.put("code", Integer.toString(code));
    values.put("signal", Integer.toString(signal));
    values.put("started", started.toString());
    values.put("ended", ended.toString());
    values.put("note", note);
    RecordFile.write(file, values);
  }

  static Optional<ToolExit> read(Path file) throws IOException {
    return RecordFile.read(file)
        .map(
            values ->
                new ToolExit(
                    Cause.valueOf(values.get("cause")),
                    Integer.parseInt(values.get("code")),
                    Integer.parseInt(values.get("signal")),
                    Instant.parse(values.get("started")),
                    Instant.parse(values.get("ended")),
                    values.get("note")));
  }
}
