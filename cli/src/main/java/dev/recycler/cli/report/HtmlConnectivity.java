package dev.recycler.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a page shows of the lines between releases: an evaluation's picture, and its table. */
final class HtmlConnectivity {
  private final Report report;
  private final Markup page;
  private final HtmlTables tables;

  HtmlConnectivity(Report report, Markup page, HtmlTables tables) {
    this.report = report;
    this.page = page;
    this.tables = tables;
  }

  /** Writes what belongs between a section's heading and its end. */
  void write() {
    page.open("p");
    tables.label(
        "Scores of (1 − α) · M_i + α · M_{i+1}; where they fall below the straight line between its"
            + " ends, dotted in the picture, the releases are not linearly connected, and transfers"
            + " may hurt.");
    page.closeLine();
    Map<String, List<Connectivity>> evaluations = new LinkedHashMap<>();
    for (Connectivity line : report.connectivity()) {
      evaluations.computeIfAbsent(line.title(), _ -> new ArrayList<>()).add(line);
    }
    int number = 0;
    for (List<Connectivity> lines : evaluations.values()) {
      number++;
      ConnectivityChart.of(lines, report.releases(), "connectivity-" + number + "-chart")
          .ifPresent(chart -> new HtmlFigure(page, tables).write(chart, "wide"));
      table(lines);
    }
  }

  private void table(List<Connectivity> lines) {
    List<String> columns = new ArrayList<>(List.of("Line"));
    columns.addAll(lines.getFirst().head());
    List<List<String>> rows = new ArrayList<>();
    for (Connectivity line : lines) {
      List<String> row = new ArrayList<>(List.of(line.line()));
      row.addAll(line.cells());
      rows.add(row);
    }
    tables.texts(lines.getFirst().title(), "plain lines", columns, rows);
  }
}
