package dev.recycler.cli.status;

import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.progress.SeriesProgress;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A series followed while it runs: on a terminal one screen that is rewritten in place, elsewhere a
 * line for each change. Close it, also when interrupted: that gives the cursor back. Safe for use
 * by several threads, since an interrupt closes it from another one.
 */
public final class LiveView implements AutoCloseable {
  private static final String ESCAPE = "\u001b[";

  private final PrintWriter out;
  private final Terminal terminal;
  private final String typed;
  private SeriesProgress before;
  private int drawn;
  private boolean cursorHidden;
  private boolean closed;

  public LiveView(PrintWriter out, Terminal terminal) {
    this(out, terminal, "");
  }

  /**
   * @param typed options of the server that a person has to type again, with a blank before
   */
  public LiveView(PrintWriter out, Terminal terminal, String typed) {
    this.typed = typed;
    this.out = out;
    this.terminal = terminal;
  }

  /** Shows the series as it is now. */
  public synchronized void show(
      SeriesProgress progress, Map<String, Heartbeat> heartbeats, Instant now) {
    if (closed) {
      return;
    }
    if (terminal.live()) {
      redraw(StatusScreen.lines(progress, heartbeats, now, terminal, typed));
    } else {
      EventLines.between(before, progress, terminal).forEach(line -> out.print(line + "\n"));
      out.flush();
    }
    before = progress;
  }

  /** Leaves the last screen where it is, the cursor below it. */
  @Override
  public synchronized void close() {
    if (cursorHidden && !closed) {
      out.print(ESCAPE + "?25h");
      out.flush();
    }
    closed = true;
  }

  // One write, each line overwritten and then cleared to its end: nothing flickers. A screen taller
  // than the terminal would scroll and could not be taken back, so its middle is left out.
  private void redraw(List<String> lines) {
    List<String> shown = fitting(lines);
    StringBuilder text = new StringBuilder();
    if (!cursorHidden) {
      text.append(ESCAPE).append("?25l");
      cursorHidden = true;
    }
    if (drawn > 0) {
      text.append(ESCAPE).append(drawn).append("A\r");
    }
    for (String line : shown) {
      text.append(line).append(ESCAPE).append("K\n");
    }
    text.append(ESCAPE).append("J");
    out.print(text);
    out.flush();
    drawn = shown.size();
  }

  private List<String> fitting(List<String> lines) {
    int room = terminal.height() - 1;
    if (terminal.height() == 0 || lines.size() <= room) {
      return lines;
    }
    int tail = Math.min(2, room);
    List<String> head = lines.subList(0, Math.max(0, room - tail));
    List<String> shown = new ArrayList<>(head);
    shown.addAll(lines.subList(lines.size() - tail, lines.size()));
    return shown;
  }
}
