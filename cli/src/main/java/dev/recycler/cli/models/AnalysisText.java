package dev.recycler.cli.models;

import dev.recycler.activities.merge.Analysis;
import dev.recycler.activities.merge.DeltaStats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Measurements of a difference as a table and as JSON. */
final class AnalysisText {
  private static final String ROW = "%-44s %12s %10s %10s %10s %8s %9s %9s %11s%n";

  private AnalysisText() {}

  /** One row for each tensor, then for each layer, then for all. */
  static String table(Analysis analysis) {
    var text = new StringBuilder();
    text.append(
        String.format(
            ROW,
            "",
            "values",
            "|Δ|",
            "|Δ|/|base|",
            "|T−base|",
            "cos",
            "changed",
            "lost bf16",
            "largest"));
    Stream.of(analysis.tensors(), analysis.layers(), List.of(analysis.all()))
        .flatMap(List::stream)
        .forEach(stats -> text.append(row(stats)));
    return text.toString().stripTrailing();
  }

  private static String row(DeltaStats stats) {
    return String.format(
        Locale.ROOT,
        ROW,
        stats.name().length() <= 44
            ? stats.name()
            : "…" + stats.name().substring(stats.name().length() - 43),
        String.format(Locale.ROOT, "%,d", stats.values()),
        figure(stats.deltaNorm()),
        figure(stats.relativeNorm()),
        figure(stats.targetDistance()),
        Double.isNaN(stats.cosine()) ? "–" : String.format(Locale.ROOT, "%.4f", stats.cosine()),
        share(stats.values() - stats.zero(), stats.values()),
        share(stats.lostInBfloat16(), stats.values()),
        figure(stats.largest()));
  }

  private static String figure(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4g", value) : "–";
  }

  private static String share(long part, long whole) {
    return whole == 0 ? "–" : String.format(Locale.ROOT, "%.2f%%", 100.0 * part / whole);
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
