package dev.recycler.cli.store;

import dev.recycler.activities.store.LineageNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A lineage as a picture: releases and data to the left, what was made of them to the right. */
final class LineagePicture {
  private static final int WIDTH = 230;
  private static final int HEIGHT = 54;
  private static final int ACROSS = 290;
  private static final int DOWN = 80;
  private static final int MARGIN = 20;
  private static final int LETTERS = 30;

  private static final Map<String, String> COLOURS =
      Map.of(
          "release", "#dbe9f6",
          "data", "#ececec",
          "merge", "#fdecc8",
          "diff", "#fdecc8",
          "finetune", "#d8f0d8",
          "evaluate", "#f3dcee");

  private final Map<LineageNode, int[]> places = new HashMap<>();
  private final StringBuilder svg = new StringBuilder();

  private LineagePicture() {}

  /** The text of a whole SVG file. */
  static String svg(LineageNode root) {
    return new LineagePicture().draw(root);
  }

  private String draw(LineageNode root) {
    List<LineageNode> all = root.all();
    Map<LineageNode, Integer> columns = new HashMap<>();
    Map<Integer, List<LineageNode>> byColumn = new TreeMap<>();
    for (LineageNode node : all) {
      int column =
          1 + node.inputs().stream().mapToInt(input -> columns.get(input.node())).max().orElse(-1);
      columns.put(node, column);
      byColumn.computeIfAbsent(column, c -> new ArrayList<>()).add(node);
    }
    int rows = byColumn.values().stream().mapToInt(List::size).max().orElse(1);
    byColumn.forEach(
        (column, nodes) -> {
          for (int row = 0; row < nodes.size(); row++) {
            int top = MARGIN + row * DOWN + (rows - nodes.size()) * DOWN / 2;
            places.put(nodes.get(row), new int[] {MARGIN + column * ACROSS, top});
          }
        });
    int width = 2 * MARGIN + (byColumn.size() - 1) * ACROSS + WIDTH;
    int height = 2 * MARGIN + (rows - 1) * DOWN + HEIGHT;
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d"
          font-family="sans-serif" role="img">
        <title>%s</title>
        <rect width="100%%" height="100%%" fill="white"/>
        """
            .formatted(width, height, width, height, escaped(root.formula())));
    for (LineageNode node : all) {
      node.inputs().forEach(input -> line(input, node));
    }
    all.forEach(this::box);
    return svg.append("</svg>\n").toString();
  }

  private void line(LineageNode.Input input, LineageNode to) {
    int[] from = places.get(input.node());
    int[] at = places.get(to);
    int x1 = from[0] + WIDTH;
    int y1 = from[1] + HEIGHT / 2;
    int y2 = at[1] + HEIGHT / 2;
    int half = (x1 + at[0]) / 2;
    svg.append(
        """
        <path d="M%d %d C%d %d %d %d %d %d" fill="none" stroke="#888"/>
        <text x="%d" y="%d" font-size="10" fill="#555" text-anchor="end">%s</text>
        """
            .formatted(
                x1, y1, half, y1, half, y2, at[0], y2, at[0] - 6, y2 - 4, escaped(input.role())));
  }

  private void box(LineageNode node) {
    int[] at = places.get(node);
    String digest = node.digest().substring(0, Math.min(12, node.digest().length()));
    svg.append(
        """
        <g><title>%s</title><rect x="%d" y="%d" width="%d" height="%d" rx="6" fill="%s" stroke="#777"/>
        <text x="%d" y="%d" font-size="12" font-weight="bold">%s</text>
        <text x="%d" y="%d" font-size="11" fill="#333">%s</text>
        <text x="%d" y="%d" font-size="10" fill="#555">%s</text></g>
        """
            .formatted(
                escaped(node.path().toString()),
                at[0],
                at[1],
                WIDTH,
                HEIGHT,
                COLOURS.getOrDefault(node.kind(), "#ffffff"),
                at[0] + 8,
                at[1] + 16,
                escaped(cut(node.name())),
                at[0] + 8,
                at[1] + 32,
                escaped(cut(node.kind() + "  " + LineageText.detail(node))),
                at[0] + 8,
                at[1] + 46,
                digest));
  }

  private static String cut(String text) {
    return text.length() <= LETTERS ? text : "…" + text.substring(text.length() - LETTERS + 1);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
