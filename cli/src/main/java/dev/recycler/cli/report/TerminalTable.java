package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A score table in a terminal: as the paper has it, releases across, where that fits; else turned
 * round, a release a line; else in blocks, one below the other.
 */
final class TerminalTable {
  private static final int GAP = 2;

  private final ScoreTable table;
  private final Terminal terminal;

  TerminalTable(ScoreTable table, Terminal terminal) {
    this.table = table;
    this.terminal = terminal;
  }

  List<String> lines() {
    List<String> models = table.rows().stream().map(row -> text(row.label())).toList();
    Layout paper =
        new Layout(models, table.releases(), (i, j) -> table.rows().get(i).cells().get(j));
    List<String> brief =
        table.rows().stream().map(row -> text(row.model().label("M").replace(" + ", "+"))).toList();
    Layout turned =
        new Layout(table.releases(), brief, (i, j) -> table.rows().get(j).cells().get(i));
    Layout chosen = !paper.fits() && turned.fits() ? turned : paper;
    return chosen.lines();
  }

  private interface Cells {
    Cell at(int row, int column);
  }

  private final class Layout {
    private final List<String> rows;
    private final List<String> columns;
    private final Cells cells;
    private final int heading;
    private final int[] widths;

    Layout(List<String> rows, List<String> columns, Cells cells) {
      this.rows = rows;
      this.columns = columns;
      this.cells = cells;
      this.heading = rows.stream().mapToInt(Width::of).max().orElse(0);
      this.widths = new int[columns.size()];
      for (int j = 0; j < widths.length; j++) {
        int widest = Width.of(columns.get(j));
        for (int i = 0; i < rows.size(); i++) {
          widest = Math.max(widest, Width.of(score(cells.at(i, j))));
        }
        widths[j] = widest + GAP;
      }
    }

    private int width(int from, int to) {
      return heading + IntStream.range(from, to).map(j -> widths[j]).sum();
    }

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
        StringBuilder scores = new StringBuilder(Width.left(rows.get(i), heading));
        StringBuilder steps = new StringBuilder(" ".repeat(heading));
        for (int j = from; j < to; j++) {
          Cell cell = cells.at(i, j);
          String score = score(cell);
          scores
              .append(" ".repeat(widths[j] - Width.of(score)))
              .append(terminal.paint(ink(cell), score));
          steps.append(Width.right(steps(cell), widths[j]));
        }
        lines.add(scores.toString().stripTrailing());
        if (!steps.toString().isBlank()) {
          lines.add(terminal.paint(Ink.FAINT, steps.toString().stripTrailing()));
        }
      }
    }
  }

  private String score(Cell cell) {
    if (!cell.scored()) {
      return text(cell.state().word());
    }
    return (cell.best() ? terminal.either("▲", "^") : "")
        + table.scale().text(cell.value(), cell.standardError(), terminal);
  }

  private static String steps(Cell cell) {
    return (cell.sameAs() == null ? "" : "= ")
        + (cell.cumulativeSteps() == null || cell.cumulativeSteps() == 0
            ? ""
            : Names.count(cell.cumulativeSteps()));
  }

  private static Ink ink(Cell cell) {
    return switch (cell.state()) {
      case SCORED -> cell.best() ? Ink.GOOD : Ink.PLAIN;
      case FAILED -> Ink.BAD;
      case RUNNING -> Ink.ACTIVE;
      default -> Ink.FAINT;
    };
  }

  private String text(String text) {
    return terminal.unicode() ? text : Names.ascii(text);
  }
}
