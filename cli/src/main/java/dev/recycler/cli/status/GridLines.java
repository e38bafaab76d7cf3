package dev.recycler.cli.status;

import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Line;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.util.ArrayList;
import java.util.List;

/** The grid as lines of a screen; where there are many releases, those in the middle of things. */
final class GridLines {
  private static final int ROWS_SHOWN = 12;
  private static final int DONE_SHOWN = 3;
  private static final int NAME_COLUMNS = 14;

  private GridLines() {}

  static void add(List<String> lines, Grid grid, Terminal terminal) {
    List<Grid.Row> rows = grid.rows();
    int from = 0;
    int to = rows.size();
    if (rows.size() > ROWS_SHOWN) {
      int firstOpen = 0;
      while (firstOpen < rows.size() && rows.get(firstOpen).all(Grid.Mark.DONE)) {
        firstOpen++;
      }
      from = Math.clamp(firstOpen - DONE_SHOWN, 0, rows.size() - ROWS_SHOWN);
      to = from + ROWS_SHOWN;
    }
    int name =
        Math.min(
            NAME_COLUMNS, rows.stream().mapToInt(row -> row.release().length()).max().orElse(0));
    int cell = Math.min(19, (terminal.width() - name) / grid.columns().size());

    lines.add("");
    lines.add(heading(grid, name, cell, terminal));
    if (from > 0) {
      lines.add(folded(from, rows.subList(0, from), terminal));
    }
    rows.subList(from, to).forEach(row -> lines.add(line(row, name, cell, terminal)));
    if (to < rows.size()) {
      lines.add(folded(rows.size() - to, rows.subList(to, rows.size()), terminal));
    }
    boolean shared =
        rows.subList(from, to).stream()
            .flatMap(row -> row.cells().stream())
            .anyMatch(Grid.Cell::shared);
    for (String line : legend(grid, shared, terminal)) {
      lines.add(new Line(terminal).add(Ink.FAINT, line).toString());
    }
  }

  private static String heading(Grid grid, int name, int cell, Terminal terminal) {
    Line line = new Line(terminal);
    for (int i = 0; i < grid.columns().size(); i++) {
      line.to(name + i * cell).add(Ink.STRONG, "  " + grid.columns().get(i));
    }
    return line.toString();
  }

  private static String line(Grid.Row row, int name, int cell, Terminal terminal) {
    Line line = new Line(terminal).add(Width.fit(row.release(), name, terminal));
    for (int i = 0; i < row.cells().size(); i++) {
      Grid.Cell model = row.cells().get(i);
      line.to(name + i * cell).add("  ").add(model.mark().ink(), model.mark().sign(terminal));
      String text = model.text().isEmpty() ? "" : Width.fit(" " + model.text(), cell - 3, terminal);
      line.add(model.mark() == Grid.Mark.DONE ? Ink.PLAIN : model.mark().ink(), text);
      if (model.shared() && line.columns() + 2 <= name + (i + 1) * cell) {
        line.add(Ink.FAINT, " =");
      }
    }
    return line.toString();
  }

  private static String folded(int count, List<Grid.Row> rows, Terminal terminal) {
    String state =
        rows.stream().allMatch(row -> row.all(Grid.Mark.DONE))
            ? " done"
            : rows.stream().allMatch(row -> row.all(Grid.Mark.WAITING)) ? " waiting" : "";
    String text =
        terminal.either("⋮ ", ": ") + count + " more " + (count == 1 ? "release" : "releases");
    return new Line(terminal).add(Ink.FAINT, text + state).toString();
  }

  private static List<String> legend(Grid grid, boolean shared, Terminal terminal) {
    List<String> parts = new ArrayList<>();
    if (grid.evaluation() != null) {
      parts.add(
          "scores: "
              + grid.evaluation()
              + (grid.percent() ? ", percent " : " ")
              + terminal.either("±", "+-")
              + " standard error");
    }
    if (shared) {
      parts.add("= same model as to its left");
    }
    String line = String.join(terminal.separator(), parts);
    return parts.size() > 1 && Width.of(line) <= terminal.width() ? List.of(line) : parts;
  }
}
