package dev.recycler.cli.report;

import java.util.List;
import java.util.Locale;

/**
 * One bar a layer, up or down from zero, drawn as SVG.
 *
 * @param id unique in the page
 * @param title what is seen, in a few words
 * @param description what a person who can't see the picture would want to know
 * @param down what the vertical axis counts
 * @param reach how far up and down the axis goes at least, so that noise does not look large; 0 for
 *     as far as the bars
 * @param bars in the order of layers; a value that is not a finite number leaves a gap
 */
record LayerChart(
    String id, String title, String description, String down, double reach, List<Bar> bars) {
  private static final double WIDTH = 640;
  private static final double HEIGHT = 300;
  private static final double LEFT = 78;
  private static final double RIGHT = 14;
  private static final double TOP = 38;
  private static final double BOTTOM = 58;
  private static final double WIDEST_LETTER = 11;
  private static final double WIDEST_BAR = 44;

  /** The value of one layer; the label says it in words. */
  record Bar(String layer, double value, String label) {}

  void draw(Markup page) {
    page.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "class",
        "chart",
        "viewBox",
        "0 0 " + (int) WIDTH + " " + (int) HEIGHT,
        "role",
        "img",
        "aria-labelledby",
        id + "-title " + id + "-description");
    page.element("title", title, "id", id + "-title");
    page.element("desc", description, "id", id + "-description");
    List<Double> levels = levels();
    for (double level : levels) {
      String y = n(y(levels, level));
      page.empty("line", "class", "rule", "x1", n(LEFT), "x2", n(WIDTH - RIGHT), "y1", y, "y2", y);
      page.element("text", label(levels, level), "class", "tick down", "x", n(LEFT - 10), "y", y);
    }
    page.element("text", down, "class", "axis", "x", n(LEFT - 64), "y", "16");
    double band = (WIDTH - LEFT - RIGHT) / bars.size();
    int longest = bars.stream().mapToInt(bar -> bar.layer().length()).max().orElse(1);
    int every = (int) Math.max(1, Math.ceil((longest + 1) * WIDEST_LETTER / band));
    for (int i = 0; i < bars.size(); i++) {
      double middle = LEFT + band * (i + 0.5);
      if (i % every == 0) {
        page.element(
            "text",
            bars.get(i).layer(),
            "class",
            "tick across",
            "x",
            n(middle),
            "y",
            n(HEIGHT - BOTTOM + 22));
      }
      bar(page, levels, bars.get(i), middle, Math.min(WIDEST_BAR, band * 0.72));
    }
    page.element(
        "text",
        "layer",
        "class",
        "axis across",
        "x",
        n((LEFT + WIDTH - RIGHT) / 2),
        "y",
        n(HEIGHT - 8));
    page.closeLine();
  }

  private static void bar(Markup page, List<Double> levels, Bar bar, double middle, double width) {
    if (!Double.isFinite(bar.value())) {
      return;
    }
    double zero = y(levels, 0);
    double end = y(levels, bar.value());
    page.open(
        "rect",
        "class",
        bar.value() < 0 ? "bar below" : "bar",
        "x",
        n(middle - width / 2),
        "y",
        n(Math.min(zero, end)),
        "width",
        n(width),
        "height",
        n(Math.max(0.5, Math.abs(zero - end))));
    page.element("title", bar.label());
    page.close();
  }

  /** Zero is always among them. */
  private List<Double> levels() {
    double low = -reach;
    double high = reach;
    for (Bar bar : bars) {
      if (Double.isFinite(bar.value())) {
        low = Math.min(low, bar.value());
        high = Math.max(high, bar.value());
      }
    }
    return Ticks.between(low, low < high ? high : 1);
  }

  private static double y(List<Double> levels, double value) {
    double low = levels.getFirst();
    double high = levels.getLast();
    return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - BOTTOM - TOP);
  }

  private static String label(List<Double> levels, double level) {
    double step = levels.get(1) - levels.get(0);
    if (step < 1e-6) {
      return String.format(Locale.ROOT, "%.1e", level);
    }
    int digits = 0;
    while (digits < 7 && Math.abs(step - Math.rint(step)) > 1e-6) {
      step *= 10;
      digits++;
    }
    return String.format(Locale.ROOT, "%." + digits + "f", level);
  }

  private static String n(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
