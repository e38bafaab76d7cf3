package dev.recycler.cli.models;

import dev.recycler.activities.merge.Analysis;
import dev.recycler.activities.merge.DeltaStats;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Measurements of a difference as a table and as JSON. */
final class AnalysisText {
  private static final int NAME_AT_LEAST = 28;
  private static final int GAP = 2;
  private static final String UNKNOWN = "–";

  /**
   * What a column says of a tensor, a layer or all.
   *
   * @param rank which goes first where not all find room: the one with the highest
   */
  private record Column(String title, int rank, Function<DeltaStats, String> cell) {
    int width(List<DeltaStats> rows) {
      return Math.max(Width.of(title), rows.stream().map(cell).mapToInt(Width::of).max().orElse(0));
    }

    boolean saysSomething(List<DeltaStats> rows) {
      return rows.stream().map(cell).anyMatch(text -> !text.equals(UNKNOWN));
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("values", 6, s -> String.format(Locale.ROOT, "%,d", s.values())),
          new Column("|Δ|", 5, s -> figure(s.deltaNorm())),
          new Column("|Δ|/|base|", 1, s -> figure(s.relativeNorm())),
          new Column("|T−base|", 7, s -> figure(s.targetDistance())),
          new Column("cos", 2, s -> cosine(s.cosine())),
          new Column("changed", 3, s -> share(s.values() - s.zero(), s.values())),
          new Column("lost bf16", 4, s -> share(s.lostInBfloat16(), s.values())),
          new Column("largest", 8, s -> figure(s.largest())));

  private AnalysisText() {}

  /**
   * One row for each tensor, then for each layer, then for all. Where the terminal is too narrow,
   * names lose their beginning and then columns go; a last line names them.
   */
  static String table(Analysis analysis, Terminal terminal) {
    List<DeltaStats> rows =
        Stream.of(analysis.tensors(), analysis.layers(), List.of(analysis.all()))
            .flatMap(List::stream)
            .toList();
    int longest = rows.stream().mapToInt(row -> Width.of(row.name())).max().orElse(0);
    List<Column> told = COLUMNS.stream().filter(column -> column.saysSomething(rows)).toList();
    List<Column> shown = new ArrayList<>(told);
    while (room(shown, rows, terminal) < Math.min(longest, NAME_AT_LEAST)) {
      shown.remove(Collections.max(shown, Comparator.comparingInt(Column::rank)));
    }
    int name = Math.min(longest, room(shown, rows, terminal));
    StringBuilder text = new StringBuilder();
    text.append(line("", name, shown, rows, Column::title));
    for (DeltaStats row : rows) {
      text.append(
          line(tail(row.name(), name), name, shown, rows, column -> column.cell().apply(row)));
    }
    List<String> missing =
        told.stream().filter(column -> !shown.contains(column)).map(Column::title).toList();
    if (!missing.isEmpty()) {
      String note =
          "Too wide for here: %s; --json and --html FILE have all."
              .formatted(String.join(", ", missing));
      Width.wrap(note, terminal.width())
          .forEach(part -> text.append(terminal.paint(Ink.FAINT, part)).append('\n'));
    }
    return text.toString().stripTrailing();
  }

  /** Columns of the terminal that are left for names. */
  private static int room(List<Column> columns, List<DeltaStats> rows, Terminal terminal) {
    return terminal.width() - columns.stream().mapToInt(column -> GAP + column.width(rows)).sum();
  }

  private static String line(
      String name,
      int nameWidth,
      List<Column> columns,
      List<DeltaStats> rows,
      Function<Column, String> cell) {
    StringBuilder line = new StringBuilder(Width.left(name, nameWidth));
    for (Column column : columns) {
      line.append(Width.right(cell.apply(column), GAP + column.width(rows)));
    }
    return line.append('\n').toString();
  }

  /** The end of a name tells tensors apart. */
  private static String tail(String name, int width) {
    return name.length() <= width ? name : "…" + name.substring(name.length() - width + 1);
  }

  private static String cosine(double value) {
    return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String figure(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4g", value) : UNKNOWN;
  }

  private static String share(long part, long whole) {
    return whole == 0 ? UNKNOWN : String.format(Locale.ROOT, "%.2f%%", 100.0 * part / whole);
  }

  static Map<String, Object> json(Analysis analysis) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("all", json(analysis.all()));
    json.put("layers", analysis.layers().stream().map(AnalysisText::json).toList());
    json.put("tensors", analysis.tensors().stream().map(AnalysisText::json).toList());
    return json;
  }

  private static Map<String, Object> json(DeltaStats stats) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", stats.name());
    json.put("values", stats.values());
    json.put("deltaNorm", finite(stats.deltaNorm()));
    json.put("baseNorm", finite(stats.baseNorm()));
    json.put("relativeNorm", finite(stats.relativeNorm()));
    json.put("targetDistance", finite(stats.targetDistance()));
    json.put("cosine", finite(stats.cosine()));
    json.put("zero", stats.zero());
    json.put("changedShare", stats.changedShare());
    json.put("lostInBfloat16", stats.lostInBfloat16());
    json.put("largest", finite(stats.largest()));
    json.put("largestAt", stats.largestAt());
    json.put("largestIn", stats.largestIn());
    return json;
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? Double.valueOf(value) : null;
  }
}
