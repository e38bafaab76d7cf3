package dev.recycler.cli.models;

import dev.recycler.activities.hub.HubProgress;
import dev.recycler.cli.console.LiveLine;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.terminal.Sizes;

/** Shows how far a transfer to or from a hub is. */
final class TransferLine implements HubProgress, AutoCloseable {
  private final LiveLine line;
  private final String what;

  TransferLine(Session session, String what) {
    this.line = new LiveLine(session);
    this.what = what;
  }

  @Override
  public void at(String doing, long done, long total, double perSecond) {
    double share = total > 0 ? (double) done / total : LiveLine.UNKNOWN;
    line.show(
        what,
        share,
        () ->
            doing
                + (total > 0 ? "  %s of %s".formatted(Sizes.of(done), Sizes.of(total)) : "")
                + (Double.isNaN(perSecond) ? "" : "  " + Sizes.of(Math.round(perSecond)) + "/s"),
        what + ": ");
  }

  @Override
  public void close() {
    line.close();
  }
}
