package dev.recycler.activities.merge;

/**
 * How far a merge is.
 *
 * @param phase what is being done: {@code plan}, {@code merge} or {@code sync}
 * @param bytesDone bytes read and written so far
 * @param bytesTotal bytes to read and write in all
 * @param seconds time since the start
 */
public record MergeProgress(String phase, long bytesDone, long bytesTotal, double seconds) {
  /** The share that is done, from 0 to 1. */
  public double fraction() {
    return bytesTotal == 0 ? 1 : (double) bytesDone / bytesTotal;
  }

  /** Bytes a second so far. */
  public double bytesPerSecond() {
    return seconds <= 0 ? 0 : bytesDone / seconds;
  }

  /** Seconds that the rest will take at the rate so far. */
  public double secondsLeft() {
    return bytesDone == 0 ? Double.NaN : (bytesTotal - bytesDone) / bytesPerSecond();
  }
}
