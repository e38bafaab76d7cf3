package dev.recycler.cli.console;

import dev.recycler.cli.terminal.Durations;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * One piece of work after another, told as it goes: on a terminal one line that is redrawn, else a
 * plain line when a piece begins, now and then while it lasts, and when it is done. Not for use by
 * several threads.
 */
public final class Progress implements AutoCloseable {
  private static final Duration BETWEEN_PLAIN_LINES = Duration.ofSeconds(15);
  private static final int WIDTH = 78;

  private final Console console;
  private final LongSupplier nanoTime;
  private String title = "";
  private long began;
  private long lastLine;
  private boolean drawn;

  public Progress(Console console) {
    this(console, System::nanoTime);
  }

  Progress(Console console, LongSupplier nanoTime) {
    this.console = console;
    this.nanoTime = nanoTime;
  }

  /** A piece of work begins. */
  public void begin(String what) {
    title = what;
    began = nanoTime.getAsLong();
    lastLine = began;
    if (console.errIsTerminal()) {
      draw("");
    } else {
      console.say(what + " …");
    }
  }

  /** Where the work is, in a few words. */
  public void detail(String words) {
    if (console.errIsTerminal()) {
      draw(words);
    } else if (nanoTime.getAsLong() - lastLine >= BETWEEN_PLAIN_LINES.toNanos()) {
      lastLine = nanoTime.getAsLong();
      console.say("  " + join(words, elapsed()));
    }
  }

  /** The work is done. */
  public void done(String words) {
    erase();
    String mark = console.colorErr() ? "\u001b[32m✓\u001b[0m" : "✓";
    console.say(mark + " " + title + "  " + join(words, elapsed()));
  }

  /** Whole seconds since the work began. */
  public String elapsed() {
    return Durations.of(Duration.ofNanos(nanoTime.getAsLong() - began));
  }

  @Override
  public void close() {
    erase();
  }

  private void draw(String words) {
    String line = title + "  " + join(words, elapsed());
    String fitting = line.length() <= WIDTH ? line : line.substring(0, WIDTH - 1) + "…";
    console.err().print("\r\u001b[K" + fitting);
    console.err().flush();
    drawn = true;
  }

  private void erase() {
    if (drawn) {
      console.err().print("\r\u001b[K");
      console.err().flush();
      drawn = false;
    }
  }

  private static String join(String words, String elapsed) {
    return words.isEmpty() ? elapsed : words + "  " + elapsed;
  }
}
