package dev.recycler.cli.console;

import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One line among the messages that tells how far something is: on a terminal it is redrawn in
 * place, elsewhere a plain line is written now and then. Close it, which takes it away. Not for use
 * by several threads.
 */
public final class LiveLine implements AutoCloseable {
  /** For work of which it is not known how much there is. */
  public static final double UNKNOWN = -1;

  private static final Duration BETWEEN_PLAIN_LINES = Duration.ofSeconds(15);
  private static final int BAR = 16;

  private final Console console;
  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private long lastPlain;
  private String drawn = "";

  public LiveLine(Session session) {
    this(session.console(), session.messages(), System::nanoTime);
  }

  LiveLine(Console console, Terminal terminal, LongSupplier nanoTime) {
    this.console = console;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.lastPlain = nanoTime.getAsLong();
  }

  /**
   * Shows how far it is.
   *
   * @param title what is being done
   * @param share how much of it is done, from 0 to 1, or {@link #UNKNOWN}
   * @param rest what else there is to say, asked for where it is shown; cut where the terminal ends
   * @param before what stands before it where nothing can be redrawn
   */
  public void show(String title, double share, Supplier<String> rest, String before) {
    if (terminal.live()) {
      draw(title, share, rest.get());
    } else if (nanoTime.getAsLong() - lastPlain >= BETWEEN_PLAIN_LINES.toNanos()) {
      plain(before + rest.get());
    }
  }

  /** Writes a plain line at once; the next is due some time later. */
  void plain(String line) {
    lastPlain = nanoTime.getAsLong();
    console.say(line);
  }

  private void draw(String title, double share, String rest) {
    int bar = share < 0 ? 0 : BAR + 2;
    String head = Width.fit(Width.safe(title), terminal.width() - 1 - bar, terminal) + "  ";
    int room = Math.max(0, terminal.width() - 1 - bar - Width.of(head));
    String line =
        head
            + (share < 0 ? "" : terminal.bar(share, BAR) + "  ")
            + Width.fit(Width.safe(rest), room, terminal);
    if (!line.equals(drawn)) {
      console.err().print("\r" + line + "\u001b[K");
      console.err().flush();
      drawn = line;
    }
  }

  @Override
  public void close() {
    if (!drawn.isEmpty()) {
      console.err().print("\r\u001b[K");
      console.err().flush();
      drawn = "";
    }
  }
}
