package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows and columns in a terminal, two lines a row; in blocks, one below the other, where they are
 * too wide for it.
 */
final class TextGrid {
  private static final int GAP = 2;

  /** What stands in the cells. */
  interface Cells {
    String text(int row, int column);

    /** In the line below, faint; may be empty. */
    String below(int row, int column);

    Ink ink(int row, int column);
  }

  private final List<String> rows;
  private final List<String> columns;
  private final Cells cells;
  private final Terminal terminal;
  private final int heading;
  private final int[] widths;

  TextGrid(List<String> rows, List<String> columns, Cells cells, Terminal terminal) {
    this.rows = rows;
    this.columns = columns;
    this.cells = cells;
    this.terminal = terminal;
    this.heading = rows.stream().mapToInt(Width::of).max().orElse(0);
    this.widths = new int[columns.size()];
    for (int j = 0; j < widths.length; j++) {
      int widest = Width.of(columns.get(j));
      for (int i = 0; i < rows.size(); i++) {
        widest = Math.max(widest, Width.of(cells.text(i, j)));
        widest = Math.max(widest, Width.of(cells.below(i, j)));
      }
      widths[j] = widest + GAP;
    }
  }

  private int width(int from, int to) {
    return heading + IntStream.range(from, to).map(j -> widths[j]).sum();
  }

  /** Whether all columns fit side by side. */
  boolean fits() {
    return width(0, widths.length) <= terminal.width();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (from < widths.length) {
      int to = from + 1;
      while (to < widths.length && width(from, to + 1) <= terminal.width()) {
        to++;
      }
      if (from > 0) {
        lines.add("");
      }
      block(lines, from, to);
      from = to;
    }
    return lines;
  }

  private void block(List<String> lines, int from, int to) {
    StringBuilder head = new StringBuilder(" ".repeat(heading));
    for (int j = from; j < to; j++) {
      head.append(Width.right(columns.get(j), widths[j]));
    }
    lines.add(terminal.paint(Ink.STRONG, head.toString()));
    lines.add(terminal.paint(Ink.FAINT, terminal.either("─", "-").repeat(width(from, to))));
    for (int i = 0; i < rows.size(); i++) {
      StringBuilder texts = new StringBuilder(Width.left(rows.get(i), heading));
      StringBuilder below = new StringBuilder(" ".repeat(heading));
      for (int j = from; j < to; j++) {
        String text = cells.text(i, j);
        texts
            .append(" ".repeat(widths[j] - Width.of(text)))
            .append(terminal.paint(cells.ink(i, j), text));
        below.append(Width.right(cells.below(i, j), widths[j]));
      }
      lines.add(texts.toString().stripTrailing());
      if (!below.toString().isBlank()) {
        lines.add(terminal.paint(Ink.FAINT, below.toString().stripTrailing()));
      }
    }
  }
}
