package dev.recycler.cli.models;

import dev.recycler.activities.merge.MergeProgress;
import dev.recycler.activities.merge.ProgressListener;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows how far a merge is: on a terminal one line with a bar, rate and time left; otherwise a
 * plain line now and then.
 */
final class MergeProgressLine implements ProgressListener, AutoCloseable {
  private static final int BAR = 28;
  private static final double PLAIN_EVERY_SECONDS = 10;

  private final PrintWriter err;
  private final boolean terminal;
  private boolean drawn;
  private double lastPlain;

  MergeProgressLine(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Whether the launcher saw that standard error is a terminal. */
  static boolean onTerminal() {
    return System.getProperty("recycler.terminals", "").contains("err")
        && !"dumb".equals(System.getenv("TERM"));
  }

  @Override
  public void progress(MergeProgress progress) {
    String text =
        progress.phase().equals("sync")
            ? "waiting for the disk"
            : "%s of %s  %s/s  %s left"
                .formatted(
                    Sizes.bytes(progress.bytesDone()),
                    Sizes.bytes(progress.bytesTotal()),
                    Sizes.bytes(progress.bytesPerSecond()),
                    Sizes.seconds(progress.secondsLeft()));
    if (terminal) {
      int filled = (int) Math.round(progress.fraction() * BAR);
      String bar = "█".repeat(filled) + "░".repeat(BAR - filled);
      err.print(
          String.format(
              Locale.ROOT, "\r\u001b[K%s %3.0f%%  %s", bar, 100 * progress.fraction(), text));
      err.flush();
      drawn = true;
    } else if (progress.seconds() - lastPlain >= PLAIN_EVERY_SECONDS) {
      lastPlain = progress.seconds();
      err.println("merging: " + text);
      err.flush();
    }
  }

  @Override
  public void close() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
    }
  }
}
