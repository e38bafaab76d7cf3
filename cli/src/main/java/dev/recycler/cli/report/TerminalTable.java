package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import java.util.List;

/**
 * A score table in a terminal: as the paper has it, releases across, where that fits; else turned
 * round, a release a line; else in blocks, one below the other.
 */
final class TerminalTable {
  private final ScoreTable table;
  private final Terminal terminal;

  TerminalTable(ScoreTable table, Terminal terminal) {
    this.table = table;
    this.terminal = terminal;
  }

  List<String> lines() {
    List<String> models = table.rows().stream().map(row -> text(row.label())).toList();
    TextGrid paper = grid(models, table.releases(), (i, j) -> table.rows().get(i).cells().get(j));
    List<String> brief =
        table.rows().stream().map(row -> text(row.model().label("M").replace(" + ", "+"))).toList();
    TextGrid turned = grid(table.releases(), brief, (i, j) -> table.rows().get(j).cells().get(i));
    return (!paper.fits() && turned.fits() ? turned : paper).lines();
  }

  private interface Cells {
    Cell at(int row, int column);
  }

  private TextGrid grid(List<String> rows, List<String> columns, Cells cells) {
    return new TextGrid(
        rows,
        columns,
        new TextGrid.Cells() {
          @Override
          public String text(int row, int column) {
            return score(cells.at(row, column));
          }

          @Override
          public String below(int row, int column) {
            return steps(cells.at(row, column));
          }

          @Override
          public Ink ink(int row, int column) {
            return TerminalTable.ink(cells.at(row, column));
          }
        },
        terminal);
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
