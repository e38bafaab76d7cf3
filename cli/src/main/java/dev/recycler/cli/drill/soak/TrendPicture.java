package dev.recycler.cli.drill.soak;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws what the figures of a soak did, a small picture each, as one SVG that needs no other file.
 */
public final class TrendPicture {
  private static final int COLUMNS = 3;
  private static final int WIDTH = 320;
  private static final int HEIGHT = 190;
  private static final int LEFT = 52;
  private static final int TOP = 44;
  private static final int ACROSS = WIDTH - LEFT - 16;
  private static final int DOWN = HEIGHT - TOP - 34;
  private static final String STYLE =
      """
      text { font: 11px system-ui, sans-serif; fill: #333 }
      .title { font-weight: 600; font-size: 12px }
      .axis { stroke: #bbb; stroke-width: 1 }
      .line { fill: none; stroke: #2563a8; stroke-width: 1.4 }
      .slope { stroke: #d97706; stroke-width: 1.4; stroke-dasharray: 4 3 }
      .bad { fill: #b91c1c; font-weight: 600 }
      """;

  private final StringBuilder svg = new StringBuilder();

  private TrendPicture() {}

  /**
   * The picture.
   *
   * @param title above all
   */
  public static String of(String title, List<Trend> trends) {
    TrendPicture picture = new TrendPicture();
    int rows = (trends.size() + COLUMNS - 1) / COLUMNS;
    int height = 40 + rows * HEIGHT;
    picture.svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
        <style>%s</style>
        <rect width="100%%" height="100%%" fill="#fff"/>
        <text class="title" x="16" y="26">%s</text>
        """
            .formatted(COLUMNS * WIDTH, height, COLUMNS * WIDTH, height, STYLE, escaped(title)));
    for (int i = 0; i < trends.size(); i++) {
      picture.panel(trends.get(i), i % COLUMNS * WIDTH, 40 + i / COLUMNS * HEIGHT);
    }
    return picture.svg.append("</svg>\n").toString();
  }

  private void panel(Trend trend, int x, int y) {
    double high = Math.max(trend.most(), 1e-9) * 1.05;
    double from = trend.points().getFirst().minute();
    double span = Math.max(1e-9, trend.points().getLast().minute() - from);
    svg.append("<g transform=\"translate(%d %d)\">%n".formatted(x, y));
    text("title", LEFT, 14, trend.figure().title());
    text(trend.holds() ? "" : "bad", LEFT, 30, verdict(trend));
    svg.append(
        "<path class=\"axis\" fill=\"none\" d=\"M%d %dv%dh%d\"/>%n"
            .formatted(LEFT, TOP, DOWN, ACROSS));
    right(LEFT - 5, TOP + 8, Trend.number(high));
    right(LEFT - 5, TOP + DOWN, "0");
    text("", LEFT, TOP + DOWN + 16, Trend.number(from) + " min");
    right(LEFT + ACROSS, TOP + DOWN + 16, Trend.number(from + span) + " min");
    svg.append(
        "<polyline class=\"line\" points=\"%s\"/>%n"
            .formatted(
                trend.points().stream()
                    .map(p -> point((p.minute() - from) / span, p.value() / high))
                    .collect(Collectors.joining(" "))));
    if (trend.figure().bound() instanceof Bound.Growing) {
      slope(trend, from, span, high);
    }
    svg.append("</g>\n");
  }

  /** What was judged. */
  private void slope(Trend trend, double from, double span, double high) {
    List<Trend.Point> half = trend.secondHalf();
    double middle = trend.level() / high;
    double rise = trend.growth() / 2 / high;
    svg.append(
        "<path class=\"slope\" d=\"M%sL%s\"/>%n"
            .formatted(
                point((half.getFirst().minute() - from) / span, middle - rise),
                point((half.getLast().minute() - from) / span, middle + rise)));
  }

  private static String verdict(Trend trend) {
    if (trend.figure().bound() instanceof Bound.Free) {
      return trend.text();
    }
    return trend.holds() ? "holds: " + Trend.number(trend.level()) : "does not hold";
  }

  private static String point(double across, double up) {
    return String.format(Locale.ROOT, "%.1f,%.1f", LEFT + across * ACROSS, TOP + DOWN - up * DOWN);
  }

  private void text(String type, int x, int y, String text) {
    svg.append(
        "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n".formatted(type, x, y, escaped(text)));
  }

  private void right(int x, int y, String text) {
    svg.append(
        "<text text-anchor=\"end\" x=\"%d\" y=\"%d\">%s</text>%n".formatted(x, y, escaped(text)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
