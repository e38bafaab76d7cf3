package dev.recycler.cli.report;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of a page. Each can be scrolled sideways by keyboard where it is too wide. */
final class HtmlTables {
  /** Up to so many releases stand side by side, as in the paper; more stand below one another. */
  static final int PAPER_COLUMNS = 8;

  private static final Pattern INDEXED = Pattern.compile("Δ(dir|iter)|M_(?:([it])|\\{(.+?)})");

  private final Markup page;

  HtmlTables(Markup page) {
    this.page = page;
  }

  /** Text in which {@code Δiter} and {@code M_i} are written as the paper does. */
  void label(String text) {
    Matcher matcher = INDEXED.matcher(text);
    int from = 0;
    while (matcher.find()) {
      page.text(text.substring(from, matcher.start()));
      if (matcher.group(1) == null) {
        page.text("M")
            .element("sub", matcher.group(2) == null ? matcher.group(3) : matcher.group(2));
      } else {
        page.text("Δ").element("sup", matcher.group(1));
      }
      from = matcher.end();
    }
    page.text(text.substring(from));
  }

  /** As the paper has it, releases across; turned round where there are many. */
  void scores(ScoreTable table, String caption) {
    boolean paper = table.releases().size() <= PAPER_COLUMNS;
    List<String> models = table.rows().stream().map(ScoreTable.Row::label).toList();
    List<String> rows = paper ? models : table.releases();
    open(caption, "scores", paper ? "Model" : "Release", paper ? table.releases() : models);
    for (int i = 0; i < rows.size(); i++) {
      page.open("tr", "class", paper ? table.rows().get(i).model().key() : null);
      page.open("th", "scope", "row");
      label(rows.get(i));
      page.close();
      int columns = paper ? table.releases().size() : models.size();
      for (int j = 0; j < columns; j++) {
        cell(table, table.rows().get(paper ? i : j).cells().get(paper ? j : i));
      }
      page.closeLine();
    }
    close();
  }

  private void cell(ScoreTable table, Cell cell) {
    if (!cell.scored()) {
      page.element("td", cell.state().word(), "class", "gap " + cell.state().key());
      return;
    }
    page.open("td", "class", cell.best() ? "best" : null);
    page.open("span", "class", "score");
    if (cell.best()) {
      page.element("span", "▲ ", "class", "mark-best", "title", "best of its release");
    }
    page.element("b", table.scale().text(cell.value()));
    if (cell.standardError() != null) {
      page.element("span", " ± " + table.scale().text(cell.standardError()), "class", "error");
    }
    page.close();
    boolean trained = cell.cumulativeSteps() != null && cell.cumulativeSteps() > 0;
    if (trained || cell.sameAs() != null) {
      page.element(
          "small",
          (cell.sameAs() == null ? "" : "= ")
              + (trained ? Names.count(cell.cumulativeSteps()) + " steps" : ""));
    }
    page.close();
  }

  /** The numbers of a chart: what its marks stand for, a column a line. */
  void chart(Chart chart) {
    open(
        chart.title(),
        "numbers",
        chart.across(),
        chart.lines().stream().map(Chart.Line::label).toList());
    TreeSet<Double> places = new TreeSet<>();
    chart.lines().forEach(line -> line.marks().forEach(mark -> places.add(mark.at())));
    for (double at : places) {
      page.open("tr").element("th", place(chart, at), "scope", "row");
      for (Chart.Line line : chart.lines()) {
        page.element(
            "td",
            line.marks().stream()
                .filter(mark -> mark.at() == at)
                .map(mark -> number(chart, mark))
                .findFirst()
                .orElse(""));
      }
      page.closeLine();
    }
    close();
  }

  private static String place(Chart chart, double at) {
    return chart.ticks().stream()
        .filter(tick -> tick.at() == at)
        .map(Chart.Tick::label)
        .findFirst()
        .orElse(Names.count(Math.round(at)));
  }

  private static String number(Chart chart, Chart.Mark mark) {
    String format = chart.scale().percent() ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, format, mark.value())
        + (mark.error() == null ? "" : " ± " + String.format(Locale.ROOT, format, mark.error()));
  }

  /** A table of texts; the first column heads the rows. */
  void plain(String caption, List<String> columns, List<List<String>> rows) {
    texts(caption, "plain", columns, rows);
  }

  /** The same in a layout of the style sheet. */
  void texts(String caption, String layout, List<String> columns, List<List<String>> rows) {
    open(caption, layout, columns.getFirst(), columns.subList(1, columns.size()));
    for (List<String> row : rows) {
      page.open("tr").element("th", row.getFirst(), "scope", "row");
      row.subList(1, row.size()).forEach(cell -> page.element("td", cell));
      page.closeLine();
    }
    close();
  }

  /** Opens a table; {@link #close} ends it. */
  void open(String caption, String layout, String first, List<String> columns) {
    page.open("div", "class", "scroll", "role", "region", "aria-label", caption, "tabindex", "0");
    page.open("table", "class", layout);
    page.element("caption", caption);
    page.open("thead").open("tr");
    page.element("th", first, "scope", "col");
    for (String column : columns) {
      page.open("th", "scope", "col");
      label(column);
      page.close();
    }
    page.close().closeLine();
    page.open("tbody");
  }

  void close() {
    page.close().close().closeLine();
  }
}
