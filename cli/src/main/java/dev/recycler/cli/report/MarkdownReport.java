package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report as Markdown. */
final class MarkdownReport {
  private static final int PAPER_COLUMNS = 8;

  private final Report report;
  private final StringBuilder text = new StringBuilder();

  MarkdownReport(Report report) {
    this.report = report;
  }

  String render() {
    line("# " + escape(report.series()));
    line("");
    line(
        report.state().name().toLowerCase(Locale.ROOT)
            + (report.finished() == null ? "" : ", last step ended " + report.finished())
            + (report.message() == null ? "" : ". " + escape(report.message())));
    report.tables().forEach(this::table);
    report.transfers().forEach(this::transfers);
    connectivity();
    list("What holds", report.findings());
    report.convergence().forEach(this::convergence);
    list(
        "Failed",
        report.failures().stream()
            .map(f -> f.step() + ": " + (f.failure() == null ? "no reason given" : f.failure()))
            .toList());
    models();
    costs();
    list(
        "What recycling saved: own steps to the score that plain fine-tuning ends with",
        report.savings().stream()
            .map(saving -> saving.text(report.scale(saving.evaluation())))
            .toList());
    list("How to read this", report.notes());
    return text.toString();
  }

  private void table(ScoreTable table) {
    heading(
        table.evaluation()
            + (table.scale().percent() ? ", percent" : "")
            + " (cumulative fine-tuning steps)");
    List<String> labels = table.rows().stream().map(ScoreTable.Row::label).toList();
    boolean paper = table.releases().size() <= PAPER_COLUMNS;
    head(paper ? "" : "M_i", paper ? table.releases() : labels);
    int lines = paper ? table.rows().size() : table.releases().size();
    int columns = paper ? table.releases().size() : table.rows().size();
    for (int i = 0; i < lines; i++) {
      List<String> cells = new ArrayList<>();
      for (int j = 0; j < columns; j++) {
        Cell cell = table.rows().get(paper ? i : j).cells().get(paper ? j : i);
        cells.add(cell(table, cell));
      }
      row(paper ? labels.get(i) : table.releases().get(i), cells);
    }
    Legend.of(table).ifPresent(legend -> line("\n" + legend));
  }

  private static String cell(ScoreTable table, Cell cell) {
    if (!cell.scored()) {
      return cell.state().word();
    }
    String score =
        table.scale().text(cell.value())
            + (cell.standardError() == null
                ? ""
                : " ± " + table.scale().text(cell.standardError()));
    return (cell.best() ? "**" + score + "** ▲" : score)
        + (cell.sameAs() == null ? "" : " =")
        + (cell.cumulativeSteps() == null || cell.cumulativeSteps() == 0
            ? ""
            : " (" + Names.count(cell.cumulativeSteps()) + ")");
  }

  private void transfers(TransferTable table) {
    heading(table.title());
    head(table.formula(), table.targets());
    for (int i = 0; i < table.references().size(); i++) {
      row(
          table.referenceLabels().get(i),
          table.references().get(i).stream().map(cell -> score(table, cell)).toList());
    }
    for (TransferTable.Row row : table.rows()) {
      row(
          row.label(),
          row.entries().stream()
              .map(
                  entry ->
                      score(table, entry.cell())
                          + (TransferTable.mark(entry).isEmpty()
                              ? ""
                              : " " + TransferTable.mark(entry))
                          + (table.gains(entry).isEmpty() ? "" : " (" + table.gains(entry) + ")"))
              .toList());
    }
    line("\n" + escape(table.legend()));
  }

  private static String score(TransferTable table, Cell cell) {
    return cell.scored()
        ? table.scale().text(cell.value())
            + (cell.standardError() == null ? "" : " ± " + table.scale().text(cell.standardError()))
        : cell.state().word();
  }

  private void connectivity() {
    String title = null;
    for (Connectivity line : report.connectivity()) {
      if (!line.title().equals(title)) {
        title = line.title();
        heading(title);
        head("", line.head());
      }
      row(line.line(), line.cells());
    }
  }

  private void convergence(Convergence curves) {
    heading(
        "Convergence at "
            + curves.release()
            + ", "
            + curves.evaluation()
            + (curves.scale().percent() ? ", percent" : ""));
    List<Long> steps = Curves.steps(curves);
    head("steps of this fine-tuning", steps.stream().map(Names::count).toList());
    for (Convergence.Curve curve : curves.curves()) {
      row(
          curve.label(),
          steps.stream()
              .map(
                  at ->
                      Curves.at(curve, at)
                          .map(
                              point ->
                                  curves.scale().text(point.value())
                                      + (point.standardError() == null
                                          ? ""
                                          : " ± " + curves.scale().text(point.standardError())))
                          .orElse(""))
              .toList());
    }
  }

  private void models() {
    heading("Where every model lies");
    head("model", List.of("fine-tuning steps", "folder"));
    for (Place place : report.models()) {
      row(
          Stream.concat(Stream.of(place.label()), place.alsoKnownAs().stream())
              .collect(Collectors.joining(" = ")),
          List.of(
              place.cumulativeSteps() == null ? "" : Names.count(place.cumulativeSteps()),
              place.path() == null
                  ? place.state().name().toLowerCase(Locale.ROOT)
                  : "`" + place.path() + "`" + (place.reused() ? " (found in the store)" : "")));
    }
  }

  private void costs() {
    heading("What it took");
    boolean recorded = report.costs().stream().anyMatch(cost -> cost.bytes() != null);
    List<String> columns = List.of("done", "of", "found in the store", "failed", "time");
    head("steps", recorded ? with(columns, "GPU-hours", "wasted", "disk") : columns);
    for (Cost cost : report.costs()) {
      List<String> figures =
          List.of(
              Names.count(cost.done()),
              Names.count(cost.planned()),
              Names.count(cost.reused()),
              Names.count(cost.failed()),
              Durations.of(cost.seconds()));
      row(
          cost.kind().name().toLowerCase(Locale.ROOT),
          recorded
              ? with(
                  figures,
                  GpuHours.orNothing(cost.gpuSeconds()),
                  GpuHours.orNothing(cost.gpuSecondsWasted()),
                  cost.size())
              : figures);
    }
  }

  /** A row with more cells. */
  static List<String> with(List<String> first, String... more) {
    return Stream.concat(first.stream(), Stream.of(more)).toList();
  }

  private void list(String heading, List<String> sentences) {
    if (!sentences.isEmpty()) {
      heading(heading);
      sentences.forEach(sentence -> line("- " + escape(sentence)));
    }
  }

  private void heading(String heading) {
    line("");
    line("## " + escape(heading));
    line("");
  }

  private void head(String first, List<String> others) {
    row(first, others);
    line("|---" + "|---:".repeat(others.size()) + "|");
  }

  private void row(String first, List<String> others) {
    line(
        Stream.concat(Stream.of(first), others.stream())
            .map(cell -> " " + cell.replace("|", "\\|").replace("_", "\\_") + " ")
            .collect(Collectors.joining("|", "|", "|")));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String escape(String prose) {
    return prose.replaceAll("([\\\\`*_\\[\\]<>|])", "\\\\$1");
  }
}
