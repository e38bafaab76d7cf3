package dev.recycler.cli.models;

import dev.recycler.activities.hub.HubProgress;
import java.io.PrintWriter;

/** Shows how far a transfer to or from a hub is, on one line of a terminal or now and then. */
final class TransferLine implements HubProgress, AutoCloseable {
  private static final long PLAIN_EVERY_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final boolean terminal;
  private final String what;
  private long lastPlain = System.nanoTime();
  private boolean drawn;

  TransferLine(PrintWriter err, boolean terminal, String what) {
    this.err = err;
    this.terminal = terminal;
    this.what = what;
  }

  @Override
  public void at(String doing, long done, long total, double perSecond) {
    String text =
        "%s: %s%s%s"
            .formatted(
                what,
                doing,
                total > 0 ? "  %s of %s".formatted(Sizes.bytes(done), Sizes.bytes(total)) : "",
                Double.isNaN(perSecond) ? "" : "  " + Sizes.bytes(perSecond) + "/s");
    if (terminal) {
      err.print("\r\u001b[K" + text);
      err.flush();
      drawn = true;
    } else if (System.nanoTime() - lastPlain >= PLAIN_EVERY_NANOS) {
      lastPlain = System.nanoTime();
      err.println(text);
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
