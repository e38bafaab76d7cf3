package dev.recycler.cli.models;

import dev.recycler.activities.merge.MergeProgress;
import dev.recycler.activities.merge.ProgressListener;
import dev.recycler.cli.console.LiveLine;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.terminal.Durations;
import dev.recycler.cli.terminal.Sizes;

/** Shows how far a merge is: a bar, what has been written, the rate and the time left. */
final class MergeProgressLine implements ProgressListener, AutoCloseable {
  private static final String TITLE = "Merging";

  private final LiveLine line;

  MergeProgressLine(Session session) {
    line = new LiveLine(session);
  }

  @Override
  public void progress(MergeProgress progress) {
    line.show(TITLE, progress.fraction(), () -> rest(progress), TITLE + ": ");
  }

  private static String rest(MergeProgress progress) {
    return progress.phase().equals("sync") ? "waiting for the disk" : figures(progress);
  }

  private static String figures(MergeProgress progress) {
    String figures =
        "%s of %s  %s/s"
            .formatted(
                Sizes.of(progress.bytesDone()),
                Sizes.of(progress.bytesTotal()),
                Sizes.of(Math.round(progress.bytesPerSecond())));
    double left = progress.secondsLeft();
    return Double.isFinite(left) ? figures + "  " + Durations.of(left) + " left" : figures;
  }

  @Override
  public void close() {
    line.close();
  }
}
