package dev.recycler.cli.report;

import dev.recycler.cli.status.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The score tables as LaTeX, to be put into a paper. */
final class LatexReport {
  private static final int PAPER_COLUMNS = 8;

  private final Report report;
  private final List<String> lines = new ArrayList<>();

  LatexReport(Report report) {
    this.report = report;
  }

  String render() {
    lines.add("% Needs \\usepackage{booktabs,longtable}.");
    report.tables().forEach(this::table);
    report.transfers().forEach(this::transfers);
    return String.join("\n", lines) + "\n";
  }

  private void table(ScoreTable table) {
    boolean paper = table.releases().size() <= PAPER_COLUMNS;
    List<String> models = table.rows().stream().map(row -> model(row.model())).toList();
    List<String> releases = table.releases().stream().map(LatexReport::escape).toList();
    List<String> columns = paper ? releases : models;
    List<String> rows = paper ? models : releases;
    String format = "l" + "r".repeat(columns.size());
    lines.add("");
    if (paper) {
      lines.add("\\begin{table}");
      lines.add("\\centering");
      lines.add("\\caption{" + caption(table) + "}");
      lines.add("\\begin{tabular}{" + format + "}");
    } else {
      lines.add("{\\footnotesize\\setlength{\\tabcolsep}{3pt}");
      lines.add("\\begin{longtable}{" + format + "}");
      lines.add("\\caption{" + caption(table) + "} \\\\");
    }
    lines.add("\\toprule");
    lines.add(row(paper ? "" : "$M_i$", columns));
    lines.add("\\midrule");
    if (!paper) {
      lines.add("\\endhead");
    }
    for (int i = 0; i < rows.size(); i++) {
      List<String> cells = new ArrayList<>();
      for (int j = 0; j < columns.size(); j++) {
        cells.add(cell(table, table.rows().get(paper ? i : j).cells().get(paper ? j : i)));
      }
      lines.add(row(rows.get(i), cells));
    }
    lines.add("\\bottomrule");
    lines.add(paper ? "\\end{tabular}" : "\\end{longtable}}");
    if (paper) {
      lines.add("\\end{table}");
    }
  }

  private void transfers(TransferTable table) {
    lines.add("");
    lines.add("\\begin{table}");
    lines.add("\\centering");
    lines.add("\\caption{" + caption(table) + "}");
    lines.add("\\begin{tabular}{l" + "r".repeat(table.targets().size()) + "}");
    lines.add("\\toprule");
    lines.add(row("", table.targets().stream().map(LatexReport::escape).toList()));
    lines.add("\\midrule");
    for (int i = 0; i < table.references().size(); i++) {
      String label = table.referenceLabels().get(i).equals("M_t") ? "M_t" : "\\mathrm{FT}(M_t)";
      lines.add(
          row(
              "$" + label + "$",
              table.references().get(i).stream()
                  .map(cell -> score(table.scale(), cell, false))
                  .toList()));
    }
    lines.add(table.references().isEmpty() ? "" : "\\midrule");
    for (TransferTable.Row row : table.rows()) {
      lines.add(
          row(
              escape(row.label())
                  .replace("Δ", "$\\Delta$")
                  .replace("λ", "$\\lambda$")
                  .replace("·", "$\\cdot$"),
              row.entries().stream().map(entry -> entry(table, entry)).toList()));
    }
    lines.add("\\bottomrule");
    lines.add("\\end{tabular}");
    lines.add("\\end{table}");
  }

  private String caption(TransferTable table) {
    return escape(report.series())
        + ": "
        + escape(table.evaluation())
        + (table.scale().percent() ? " (\\%)" : "")
        + (table.finetuned() ? " of $\\mathrm{FT}(M_t + \\Delta)$" : " of $M_t + \\Delta$")
        + " $\\pm$ one standard error; small, the gain over $M_t$"
        + (table.hasPlain() ? " and over $\\mathrm{FT}(M_t)$" : "")
        + ". Bold: above $M_t$ beyond noise.";
  }

  private static String entry(TransferTable table, TransferTable.Entry entry) {
    boolean bold = TransferTable.mark(entry).equals("▲");
    String gains = table.gains(entry).replace("-", "$-$").replace("–", "--");
    return score(table.scale(), entry.cell(), bold)
        + (gains.isEmpty() ? "" : " {\\scriptsize " + gains + "}");
  }

  private String caption(ScoreTable table) {
    boolean best = table.rows().stream().flatMap(row -> row.cells().stream()).anyMatch(Cell::best);
    return escape(report.series())
        + ": "
        + escape(table.evaluation())
        + (table.scale().percent() ? " (\\%)" : "")
        + " $\\pm$ one standard error; small, the cumulative fine-tuning steps."
        + (best ? " Bold: best of its release beyond noise." : "");
  }

  private static String cell(ScoreTable table, Cell cell) {
    String score = score(table.scale(), cell, cell.best());
    return cell.scored() ? score + steps(table, cell) : score;
  }

  private static String score(Scale scale, Cell cell, boolean best) {
    if (!cell.scored()) {
      return cell.state() == Cell.State.NO_MODEL ? "--" : "\\textit{" + cell.state().word() + "}";
    }
    String value = scale.text(cell.value());
    String bold = best ? "\\mathbf{" + value + "}" : value;
    String error = cell.standardError() == null ? "" : " \\pm " + scale.text(cell.standardError());
    return "$" + bold + error + "$";
  }

  /** In a box as wide as the longest of the table, so that the scores stay aligned. */
  private static String steps(ScoreTable table, Cell cell) {
    long most =
        table.rows().stream()
            .flatMap(row -> row.cells().stream())
            .map(Cell::cumulativeSteps)
            .filter(Objects::nonNull)
            .mapToLong(Long::longValue)
            .max()
            .orElse(0);
    boolean trained = cell.cumulativeSteps() != null && cell.cumulativeSteps() > 0;
    return most == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "\\makebox[%.1fem][r]{\\scriptsize %s}",
            0.5 + 0.4 * Names.count(most).length(),
            trained ? Names.count(cell.cumulativeSteps()).replace(",", "{,}") : "");
  }

  private static String model(ModelKind model) {
    String start =
        switch (model) {
          case BASE, PLAIN, PLAIN_CUMULATIVE -> "M_i";
          case DIRECT_MERGED, DIRECT -> "M_i + \\Delta^{\\mathrm{dir}}";
          case ITERATIVE_MERGED, ITERATIVE -> "M_i + \\Delta^{\\mathrm{iter}}";
        };
    String longer = model == ModelKind.PLAIN_CUMULATIVE ? "\\times i" : "";
    return model.finetuned() ? "$\\mathrm{FT}(" + start + ")" + longer + "$" : "$" + start + "$";
  }

  private static String row(String first, List<String> others) {
    return Stream.concat(Stream.of(first), others.stream()).collect(Collectors.joining(" & "))
        + " \\\\";
  }

  private static String escape(String text) {
    return text.replace("\\", "\\textbackslash ")
        .replaceAll("([&%$#_{}])", "\\\\$1")
        .replace("~", "\\textasciitilde ")
        .replace("^", "\\textasciicircum ");
  }
}
