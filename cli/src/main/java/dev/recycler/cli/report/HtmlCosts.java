package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Durations;
import dev.recycler.cli.terminal.Sizes;
import java.util.List;
import java.util.Locale;

/** What a series took and what recycling saved, on a page. */
final class HtmlCosts {
  private final Report report;
  private final Markup page;
  private final HtmlTables tables;

  HtmlCosts(Report report, Markup page, HtmlTables tables) {
    this.report = report;
    this.page = page;
    this.tables = tables;
  }

  void write() {
    page.open("section", "id", "costs", "aria-labelledby", "costs-heading");
    page.element("h2", "What it took", "id", "costs-heading");
    boolean recorded = report.costs().stream().anyMatch(cost -> cost.bytes() != null);
    List<String> columns =
        List.of("Steps", "Done", "Of", "In the store before", "Failed", "Time, added up");
    tables.plain(
        "Steps by kind",
        recorded ? MarkdownReport.with(columns, "GPU-hours", "Of them wasted", "Disk") : columns,
        report.costs().stream().map(cost -> row(cost, recorded)).toList());
    page.element(
        "p",
        "A step's time goes from its start to its end and includes its waiting for a free slot."
            + (recorded
                ? " GPU-hours are the tools' own time on each of their devices; wasted is what had"
                    + " to be done again after an attempt that failed."
                : ""),
        "class",
        "legend");
    if (recorded) {
      steps();
    }
    savings();
    page.closeLine();
  }

  private static List<String> row(Cost cost, boolean recorded) {
    List<String> figures =
        List.of(
            cost.kind().name().toLowerCase(Locale.ROOT),
            Names.count(cost.done()),
            Names.count(cost.planned()),
            Names.count(cost.reused()),
            Names.count(cost.failed()),
            Durations.of(cost.seconds()));
    return recorded
        ? MarkdownReport.with(
            figures,
            GpuHours.orNothing(cost.gpuSeconds()),
            GpuHours.orNothing(cost.gpuSecondsWasted()),
            cost.size())
        : figures;
  }

  private void steps() {
    page.open("details").element("summary", "Step by step");
    tables.plain(
        "Every step that has begun",
        List.of("Step", "Time", "Tool's time", "GPU-hours", "Of them wasted", "Attempts", "Disk"),
        report.steps().stream()
            .map(
                step ->
                    List.of(
                        step.step() + (step.reused() ? " (in the store before)" : ""),
                        Durations.of(step.wallSeconds()),
                        step.toolSeconds() == null ? "" : Durations.of(step.toolSeconds()),
                        GpuHours.orNothing(step.gpuSeconds()),
                        GpuHours.orNothing(step.gpuSecondsWasted()),
                        step.attempts() == null ? "" : Names.count(step.attempts()),
                        step.bytes() == null ? "" : Sizes.of(step.bytes())))
            .toList());
    page.closeLine();
  }

  private void savings() {
    if (report.savings().isEmpty()) {
      return;
    }
    page.element("h3", "What recycling saved");
    page.element(
        "p",
        "How many steps of a release's own fine-tuning it took to the score that plain fine-tuning"
            + " of it ends with. What earlier releases' fine-tunings cost is not counted.");
    page.open("ul");
    for (Saving saving : report.savings()) {
      page.open("li");
      tables.label(saving.text(report.scale(saving.evaluation())));
      page.closeLine();
    }
    page.close();
  }
}
