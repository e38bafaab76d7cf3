package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;

/** A table of transfers in a terminal: the targets' own scores first, then a line a Δ. */
final class TransferText {
  private final TransferTable table;
  private final Terminal terminal;

  TransferText(TransferTable table, Terminal terminal) {
    this.table = table;
    this.terminal = terminal;
  }

  List<String> lines() {
    List<String> rows = new ArrayList<>(table.referenceLabels());
    table.rows().forEach(row -> rows.add(plain(row.label())));
    int references = table.referenceLabels().size();
    return new TextGrid(
            rows,
            table.targets(),
            new TextGrid.Cells() {
              @Override
              public String text(int row, int column) {
                return row < references
                    ? score(table.references().get(row).get(column), "")
                    : score(at(row, column).cell(), TransferTable.mark(at(row, column)));
              }

              @Override
              public String below(int row, int column) {
                return row < references ? "" : plain(table.gains(at(row, column)));
              }

              @Override
              public Ink ink(int row, int column) {
                return row < references
                    ? TransferText.ink(table.references().get(row).get(column), "")
                    : TransferText.ink(at(row, column).cell(), TransferTable.mark(at(row, column)));
              }

              private TransferTable.Entry at(int row, int column) {
                return table.rows().get(row - references).entries().get(column);
              }
            },
            terminal)
        .lines();
  }

  private String score(Cell cell, String mark) {
    return plain(
        cell.scored()
            ? mark + table.scale().text(cell.value(), cell.standardError(), terminal)
            : cell.state().word());
  }

  private static Ink ink(Cell cell, String mark) {
    return switch (cell.state()) {
      case SCORED -> mark.equals("▲") ? Ink.GOOD : mark.isEmpty() ? Ink.PLAIN : Ink.BAD;
      case FAILED -> Ink.BAD;
      case RUNNING -> Ink.ACTIVE;
      default -> Ink.FAINT;
    };
  }

  private String plain(String text) {
    return terminal.unicode() ? text : Names.ascii(text);
  }
}
