package dev.recycler.cli.report;

import dev.recycler.activities.merge.Analysis;
import dev.recycler.activities.merge.DeltaStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measurements of a difference as one page that loads nothing and runs nothing, in the style of the
 * series' report.
 */
public final class AnalysisPage {
  /** A share of lost values that a user should act on. */
  private static final double MUCH = 0.01;

  private static final double COSINE_REACH = 0.1;

  private final Analysis analysis;
  private final Map<String, String> models;
  private final boolean withTarget;
  private final Markup page = new Markup();
  private final HtmlTables tables = new HtmlTables(page);

  private AnalysisPage(Analysis analysis, Map<String, String> models) {
    this.analysis = analysis;
    this.models = models;
    this.withTarget = Double.isFinite(analysis.all().targetDistance());
  }

  /**
   * The page's text.
   *
   * @param models the folders by role, in the order in which they are shown
   */
  public static String render(Analysis analysis, Map<String, String> models) {
    return new AnalysisPage(analysis, models).render();
  }

  private String render() {
    page.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
    HtmlHead.write(page, "What fine-tuning changed – recycler analysis");
    page.open("body");
    page.open("header");
    page.element("p", "Analysis of a difference", "class", "eyebrow");
    page.element("h1", "What fine-tuning changed");
    page.open("dl", "class", "facts");
    models.forEach(this::fact);
    fact("Values", String.format(Locale.ROOT, "%,d", analysis.all().values()));
    page.closeLine();
    page.closeLine();
    page.open("main");
    findings();
    layers();
    tensors();
    page.closeLine();
    page.closeLine();
    page.closeLine();
    return page.toString();
  }

  private void fact(String name, String value) {
    page.open("div").element("dt", name).element("dd", value).close();
  }

  private void findings() {
    section("findings", "What holds");
    page.open("ul");
    sentences().forEach(sentence -> page.element("li", sentence));
    page.close();
    page.closeLine();
  }

  private List<String> sentences() {
    DeltaStats all = analysis.all();
    var sentences = new ArrayList<String>();
    sentences.add(
        "‖Δ‖ is %s, %s of ‖base‖; %s of the values changed."
            .formatted(
                figure(all.deltaNorm()), figure(all.relativeNorm()), share(all.changedShare())));
    if (withTarget) {
      sentences.add(
          "The target lies %s from the base, %s times ‖Δ‖; the cosine between Δ and that way is %s."
              .formatted(
                  figure(all.targetDistance()),
                  figure(all.targetDistance() / all.deltaNorm()),
                  figure(all.cosine())));
    }
    long changed = all.values() - all.zero();
    if (changed > 0 && all.lostInBfloat16() > MUCH * changed) {
      sentences.add(
          "%s of the changed values would be back at the base's if both sides were rounded to bfloat16: take Δ from the float32 weights that the trainer saved."
              .formatted(share((double) all.lostInBfloat16() / changed)));
    }
    if (all.largestAt() >= 0) {
      sentences.add(
          "The largest change is %s, in %s.".formatted(figure(all.largest()), all.largestIn()));
    }
    return sentences;
  }

  private void layers() {
    if (analysis.layers().isEmpty()) {
      return;
    }
    section("layers", "Layer by layer");
    figure("size", "Size of the difference", "‖Δ‖ / ‖base‖", 0, DeltaStats::relativeNorm);
    if (withTarget) {
      figure(
          "direction",
          "Direction beside the way from base to target",
          "cosine between Δ and target − base",
          COSINE_REACH,
          DeltaStats::cosine);
    }
    table("Measurements by layer", "Layer", analysis.layers());
    page.closeLine();
  }

  private void figure(
      String id, String title, String down, double reach, ToDoubleFunction<DeltaStats> value) {
    List<LayerChart.Bar> bars =
        analysis.layers().stream()
            .map(
                layer ->
                    new LayerChart.Bar(
                        layer.name().replaceFirst("^layer ", ""),
                        value.applyAsDouble(layer),
                        layer.name() + ": " + figure(value.applyAsDouble(layer))))
            .toList();
    page.open("figure", "class", "wide");
    page.element("figcaption", title);
    String description =
        "%s, from layer %s (%s) to layer %s (%s)."
            .formatted(
                down,
                bars.getFirst().layer(),
                figure(bars.getFirst().value()),
                bars.getLast().layer(),
                figure(bars.getLast().value()));
    new LayerChart(id, title, description, down, reach, bars).draw(page);
    page.closeLine();
  }

  private void tensors() {
    section("tensors", "Tensor by tensor");
    page.open("details");
    page.element("summary", analysis.tensors().size() + " tensors");
    table("Measurements by tensor", "Tensor", analysis.tensors());
    page.close();
    page.closeLine();
  }

  private void table(String caption, String first, List<DeltaStats> rows) {
    var columns =
        new ArrayList<>(List.of(first, "Values", "‖Δ‖", "‖Δ‖ / ‖base‖", "Changed", "Lost in bf16"));
    if (withTarget) {
      columns.addAll(List.of("‖target − base‖", "Cosine"));
    }
    columns.add("Largest");
    tables.plain(caption, columns, rows.stream().map(this::row).toList());
  }

  private List<String> row(DeltaStats stats) {
    var row =
        new ArrayList<>(
            List.of(
                stats.name(),
                String.format(Locale.ROOT, "%,d", stats.values()),
                figure(stats.deltaNorm()),
                figure(stats.relativeNorm()),
                share(stats.changedShare()),
                stats.values() == 0
                    ? "–"
                    : share((double) stats.lostInBfloat16() / stats.values())));
    if (withTarget) {
      row.addAll(List.of(figure(stats.targetDistance()), figure(stats.cosine())));
    }
    row.add(figure(stats.largest()));
    return row;
  }

  private static String figure(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4g", value) : "–";
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * value);
  }

  private void section(String id, String title) {
    page.open("section", "id", id, "aria-labelledby", id + "-heading");
    page.element("h2", title, "id", id + "-heading");
  }
}
