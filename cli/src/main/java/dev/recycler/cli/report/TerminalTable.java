package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.util.ArrayList;
import java.util.List;

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
    Layout turned =
        new Layout(table.releases(), models, (i, j) -> table.rows().get(j).cells().get(i));
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
    private final int column;

    Layout(List<String> rows, List<String> columns, Cells cells) {
      this.rows = rows;
      this.columns = columns;
      this.cells = cells;
      this.heading = widest(rows);
      int widestCell = widest(columns);
      for (int i = 0; i < rows.size(); i++) {
        for (int j = 0; j < columns.size(); j++) {
          widestCell = Math.max(widestCell, Width.of(score(cells.at(i, j))));
        }
      }
      this.column = widestCell + GAP;
    }

    boolean fits() {
      return heading + columns.size() * column <= terminal.width();
    }

    List<String> lines() {
      List<String> lines = new ArrayList<>();
      int block = Math.max(1, (terminal.width() - heading) / column);
      for (int from = 0; from < columns.size(); from += block) {
        int to = Math.min(columns.size(), from + block);
        if (from > 0) {
          lines.add("");
        }
        block(lines, from, to);
      }
      return lines;
    }

    private void block(List<String> lines, int from, int to) {
      StringBuilder head = new StringBuilder(" ".repeat(heading));
      for (int j = from; j < to; j++) {
        head.append(Width.right(columns.get(j), column));
      }
      lines.add(terminal.paint(Ink.STRONG, head.toString()));
      lines.add(
          terminal.paint(
              Ink.FAINT, terminal.either("─", "-").repeat(heading + (to - from) * column)));
      for (int i = 0; i < rows.size(); i++) {
        StringBuilder scores = new StringBuilder(Width.left(rows.get(i), heading));
        StringBuilder steps = new StringBuilder(" ".repeat(heading));
        for (int j = from; j < to; j++) {
          Cell cell = cells.at(i, j);
          String score = score(cell);
          scores
              .append(" ".repeat(column - Width.of(score)))
              .append(terminal.paint(ink(cell), score));
          steps.append(Width.right(steps(cell), column));
        }
        lines.add(scores.toString().stripTrailing());
        if (!steps.toString().isBlank()) {
          lines.add(terminal.paint(Ink.FAINT, steps.toString().stripTrailing()));
        }
      }
    }

    private int widest(List<String> texts) {
      return texts.stream().mapToInt(Width::of).max().orElse(0);
    }
  }

  private String score(Cell cell) {
    if (!cell.scored()) {
      return text(cell.state().word());
    }
    return (cell.best() ? terminal.either("▲ ", "^ ") : "")
        + (cell.sameAs() == null ? "" : "= ")
        + table.scale().text(cell.value(), cell.standardError(), terminal);
  }

  private static String steps(Cell cell) {
    return cell.cumulativeSteps() == null || cell.cumulativeSteps() == 0
        ? ""
        : Names.count(cell.cumulativeSteps());
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
