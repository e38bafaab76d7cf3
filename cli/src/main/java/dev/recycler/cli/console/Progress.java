package dev.recycler.cli.console;

import dev.recycler.cli.terminal.Durations;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * One piece of work after another, told as it goes: on a terminal one line that is redrawn, else a
 * plain line when a piece begins, now and then while it lasts, and when it is done. Not for use by
 * several threads.
 */
public final class Progress implements AutoCloseable {
  private static final Duration BETWEEN_PLAIN_LINES = Duration.ofSeconds(15);
  private static final int BAR = 16;
  private static final double UNKNOWN = -1;

  private final Console console;
  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private String title = "";
  private long began;
  private long lastLine;
  private String drawn = "";

  public Progress(Session session) {
    this(session.console(), session.messages(), System::nanoTime);
  }

  Progress(Console console, Terminal terminal, LongSupplier nanoTime) {
    this.console = console;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  /** A piece of work begins. */
  public void begin(String what) {
    title = what;
    began = nanoTime.getAsLong();
    lastLine = began;
    if (terminal.live()) {
      draw(UNKNOWN, "");
    } else {
      console.say(what);
    }
  }

  /** Where the work is, in a few words. */
  public void detail(String words) {
    detail(UNKNOWN, words);
  }

  /**
   * Where the work is.
   *
   * @param share how much of it is done, from 0 to 1; less than 0 where that is not known
   */
  public void detail(double share, String words) {
    if (terminal.live()) {
      draw(share, words);
    } else if (nanoTime.getAsLong() - lastLine >= BETWEEN_PLAIN_LINES.toNanos()) {
      lastLine = nanoTime.getAsLong();
      console.say("  " + join(words, elapsed()));
    }
  }

  /** The work is done. */
  public void done(String words) {
    erase();
    console.say(
        terminal.paint(Ink.GOOD, terminal.either("✓", "ok"))
            + " "
            + title
            + "  "
            + join(words, elapsed()));
  }

  @Override
  public void close() {
    erase();
  }

  private String elapsed() {
    return Durations.of(Math.floor((nanoTime.getAsLong() - began) / 1e9));
  }

  private void draw(double share, String words) {
    int bar = share < 0 ? 0 : BAR + 2;
    int room = terminal.width() - 1 - bar;
    String text = title + "  ";
    String rest = join(words, elapsed());
    if (text.length() + rest.length() > room) {
      rest = rest.substring(0, Math.max(0, room - text.length()));
    }
    String line = text + (share < 0 ? "" : terminal.bar(share, BAR) + "  ") + rest;
    if (!line.equals(drawn)) {
      console.err().print("\r" + line + "\u001b[K");
      console.err().flush();
      drawn = line;
    }
  }

  private void erase() {
    if (!drawn.isEmpty()) {
      console.err().print("\r\u001b[K");
      console.err().flush();
      drawn = "";
    }
  }

  private static String join(String words, String elapsed) {
    return words.isEmpty() ? elapsed : words + "  " + elapsed;
  }
}
