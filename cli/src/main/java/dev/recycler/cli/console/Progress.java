package dev.recycler.cli.console;

import dev.recycler.cli.terminal.Durations;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import java.util.function.LongSupplier;

/**
 * One piece of work after another, told as it goes: on a terminal one line that is redrawn, else a
 * plain line when a piece begins, now and then while it lasts, and when it is done. Not for use by
 * several threads.
 */
public final class Progress implements AutoCloseable {
  private final Console console;
  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private final LiveLine line;
  private String title = "";
  private long began;

  public Progress(Session session) {
    this(session.console(), session.messages(), System::nanoTime);
  }

  Progress(Console console, Terminal terminal, LongSupplier nanoTime) {
    this.console = console;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.line = new LiveLine(console, terminal, nanoTime);
  }

  /** A piece of work begins. */
  public void begin(String what) {
    title = what;
    began = nanoTime.getAsLong();
    if (terminal.live()) {
      detail("");
    } else {
      line.plain(what);
    }
  }

  /** Where the work is, in a few words. */
  public void detail(String words) {
    detail(LiveLine.UNKNOWN, words);
  }

  /**
   * Where the work is.
   *
   * @param share how much of it is done, from 0 to 1; less than 0 where that is not known
   */
  public void detail(double share, String words) {
    line.show(title, share, () -> join(words, elapsed()), "  ");
  }

  /** The work is done. */
  public void done(String words) {
    line.close();
    console.say(
        terminal.paint(Ink.GOOD, terminal.either("✓", "ok"))
            + " "
            + title
            + "  "
            + join(words, elapsed()));
  }

  @Override
  public void close() {
    line.close();
  }

  private String elapsed() {
    return Durations.of(Math.floor((nanoTime.getAsLong() - began) / 1e9));
  }

  private static String join(String words, String elapsed) {
    return words.isEmpty() ? elapsed : words + "  " + elapsed;
  }
}
