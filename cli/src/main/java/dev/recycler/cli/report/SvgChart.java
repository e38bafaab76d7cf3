package dev.recycler.cli.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Draws a chart as SVG; colours, dashes and letter sizes are the style sheet's. */
final class SvgChart {
  private static final double WIDTH = 640;
  private static final double HEIGHT = 360;
  private static final double LEFT = 62;
  private static final double RIGHT = 14;
  private static final double TOP = 38;
  private static final double BOTTOM = 64;
  // Letters are largest on a phone, where the picture is shrunk: room is kept for that size.
  private static final double WIDEST_LETTER = 11;
  private static final int MANY = 30;

  private final Chart chart;
  private final Markup page;
  private final List<Chart.Tick> ticks;
  private final List<Double> levels;
  private final double lowX;
  private final double highX;
  private final double band;

  SvgChart(Chart chart, Markup page) {
    this.chart = chart;
    this.page = page;
    this.ticks = chart.drawnTicks();
    this.levels = levels();
    boolean points = ticks.size() == 1;
    this.lowX = ticks.getFirst().at();
    this.highX = Math.max(points ? lowX + 1 : lowX, lastAt());
    this.band = (WIDTH - LEFT - RIGHT) / Math.max(1, ticks.size());
  }

  private double lastAt() {
    double last = ticks.getLast().at();
    for (Chart.Line line : chart.lines()) {
      for (Chart.Mark mark : line.marks()) {
        last = Math.max(last, mark.at());
      }
    }
    return last;
  }

  void draw() {
    String titled = chart.id() + "-title";
    String described = chart.id() + "-description";
    page.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "class",
        dense() ? "chart dense" : "chart",
        "viewBox",
        "0 0 " + (int) WIDTH + " " + (int) HEIGHT,
        "role",
        "img",
        "aria-labelledby",
        titled + " " + described);
    page.element("title", chart.title(), "id", titled);
    page.element("desc", chart.description(), "id", described);
    axes();
    for (int i = 0; i < chart.lines().size(); i++) {
      line(chart.lines().get(i), i);
    }
    page.closeLine();
  }

  /** From zero where the scores come near it; else closer, so that differences can be seen. */
  private List<Double> levels() {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Chart.Line line : chart.lines()) {
      for (Chart.Mark mark : line.marks()) {
        double error = mark.error() == null ? 0 : mark.error();
        low = Math.min(low, mark.value() - error);
        high = Math.max(high, mark.value() + error);
      }
    }
    if (chart.scale().percent()) {
      low = Math.max(0, low);
      high = Math.min(100, high);
    }
    boolean nearZero = low >= 0 && low < 0.4 * high;
    return Ticks.between(nearZero ? 0 : low, high);
  }

  private void axes() {
    for (double level : levels) {
      page.empty(
          "line",
          "class",
          "rule",
          "x1",
          n(LEFT),
          "x2",
          n(WIDTH - RIGHT),
          "y1",
          n(y(level)),
          "y2",
          n(y(level)));
      page.element("text", level(level), "class", "tick down", "x", n(LEFT - 10), "y", n(y(level)));
    }
    page.element("text", chart.down(), "class", "axis", "x", n(LEFT - 48), "y", "16");
    int longest = ticks.stream().mapToInt(tick -> tick.label().length()).max().orElse(1);
    int every =
        (int)
            Math.max(
                1,
                Math.ceil((longest + 1) * WIDEST_LETTER * ticks.size() / (WIDTH - LEFT - RIGHT)));
    for (int i = 0; i < ticks.size(); i += every) {
      Chart.Tick tick = ticks.get(i);
      page.element(
          "text",
          tick.label(),
          "class",
          "tick across",
          "x",
          n(x(tick.at())),
          "y",
          n(HEIGHT - BOTTOM + 24));
    }
    page.element(
        "text",
        chart.across(),
        "class",
        "axis across",
        "x",
        n((LEFT + WIDTH - RIGHT) / 2),
        "y",
        n(HEIGHT - 10));
  }

  private void line(Chart.Line line, int place) {
    page.open("g", "class", "line " + line.model().key());
    // Beside one another rather than on top: equal scores and their bars stay visible.
    double aside = (place - (chart.lines().size() - 1) / 2.0) * Math.min(7, band * 0.12);
    if (!line.straight().isEmpty()) {
      page.empty("polyline", "class", "straight", "points", corners(line.straight(), aside));
    }
    page.empty("polyline", "points", corners(line.marks(), aside));
    for (Chart.Mark mark : line.marks()) {
      mark(line.model(), mark, x(mark.at()) + aside);
    }
    page.close();
  }

  private String corners(List<Chart.Mark> marks, double aside) {
    return marks.stream()
        .map(mark -> n(x(mark.at()) + aside) + "," + n(y(mark.value())))
        .collect(Collectors.joining(" "));
  }

  private void mark(ModelKind model, Chart.Mark mark, double x) {
    double y = y(mark.value());
    double size = dense() ? 2.5 : 5;
    if (mark.error() != null) {
      double top = y(mark.value() + mark.error());
      double foot = y(mark.value() - mark.error());
      double cap = dense() ? 0 : size * 0.7;
      page.empty(
          "path",
          "class",
          "error",
          "d",
          "M"
              + n(x)
              + " "
              + n(top)
              + "V"
              + n(foot)
              + "M"
              + n(x - cap)
              + " "
              + n(top)
              + "h"
              + n(2 * cap)
              + "M"
              + n(x - cap)
              + " "
              + n(foot)
              + "h"
              + n(2 * cap));
    }
    page.open("path", "class", "mark", "d", Shape.path(model, x, y, size));
    page.element("title", mark.label());
    page.close();
  }

  /** So many releases that marks and bars have to be small to stay apart. */
  private boolean dense() {
    return ticks.size() > MANY;
  }

  private double x(double at) {
    double edge = Math.min(40, band / 2);
    double from = LEFT + edge;
    double to = WIDTH - RIGHT - edge;
    return from + (at - lowX) / Math.max(1e-12, highX - lowX) * (to - from);
  }

  private double y(double value) {
    double low = levels.getFirst();
    double high = levels.getLast();
    double share = Math.clamp((value - low) / (high - low), 0, 1);
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
  }

  private String level(double level) {
    double step = levels.get(1) - levels.get(0);
    int digits = 0;
    while (digits < 6 && Math.abs(step - Math.rint(step)) > 1e-6) {
      step *= 10;
      digits++;
    }
    return String.format(Locale.ROOT, "%,." + digits + "f", level);
  }

  private static String n(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
