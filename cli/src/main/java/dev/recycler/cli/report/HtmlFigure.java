package dev.recycler.cli.report;

/** A chart in a page: what its lines are, the picture, and behind it the table of its numbers. */
final class HtmlFigure {
  private final Markup page;
  private final HtmlTables tables;

  HtmlFigure(Markup page, HtmlTables tables) {
    this.page = page;
    this.tables = tables;
  }

  /**
   * Writes one.
   *
   * @param layout classes of the style sheet, or null
   */
  void write(Chart chart, String layout) {
    page.open("figure", "class", layout);
    page.element("figcaption", chart.title());
    page.open("ul", "class", "keys", "aria-label", "Lines of the chart");
    for (Chart.Line line : chart.lines()) {
      page.open("li", "class", "line " + line.model().key());
      page.open(
          "svg",
          "xmlns",
          "http://www.w3.org/2000/svg",
          "viewBox",
          "0 0 34 14",
          "aria-hidden",
          "true");
      page.empty("line", "class", "dash", "x1", "1", "x2", "33", "y1", "7", "y2", "7");
      page.empty("path", "class", "swatch", "d", Shape.path(line.model(), 17, 7, 5));
      page.close();
      page.open("span");
      tables.label(line.label());
      page.close();
      page.close();
    }
    page.close();
    new SvgChart(chart, page).draw();
    page.open("details").element("summary", "The numbers of this chart");
    tables.chart(chart);
    page.close();
    page.closeLine();
  }
}
