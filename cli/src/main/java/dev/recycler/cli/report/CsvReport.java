package dev.recycler.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every score on a line of its own, those of checkpoints too: what a spreadsheet can pivot. */
final class CsvReport {
  private static final List<String> COLUMNS =
      List.of(
          "evaluation",
          "task",
          "metric",
          "release",
          "model",
          "state",
          "value",
          "standard_error",
          "examples",
          "steps",
          "cumulative_steps",
          "best",
          "same_as",
          "reused",
          "step",
          "model_path",
          "results_file",
          "transfer",
          "source",
          "scale",
          "gain_over_base",
          "gain_over_plain");

  private final Report report;
  private final List<String> lines = new ArrayList<>();

  CsvReport(Report report) {
    this.report = report;
  }

  String render() {
    line(COLUMNS.stream().map(column -> (Object) column).toArray());
    for (ScoreTable table : report.tables()) {
      for (ScoreTable.Row row : table.rows()) {
        for (int i = 0; i < table.releases().size(); i++) {
          if (row.cells().get(i).state() != Cell.State.NO_MODEL) {
            score(table, row.model(), table.releases().get(i), row.cells().get(i));
          }
        }
      }
      report.convergence().stream()
          .filter(curves -> curves.evaluation().equals(table.evaluation()))
          .forEach(curves -> checkpoints(table, curves));
      report.transfers().stream()
          .filter(transfers -> transfers.evaluation().equals(table.evaluation()))
          .forEach(this::transfers);
    }
    return String.join("\r\n", lines) + "\r\n";
  }

  private void score(ScoreTable table, ModelKind model, String release, Cell cell) {
    line(
        table.evaluation(),
        table.task(),
        table.metric(),
        release,
        model.key(),
        cell.state().key(),
        cell.value(),
        cell.standardError(),
        cell.examples(),
        null,
        cell.cumulativeSteps(),
        cell.scored() ? cell.best() : null,
        cell.sameAs() == null ? null : cell.sameAs().key(),
        cell.scored() ? cell.reused() : null,
        cell.step(),
        cell.model(),
        cell.resultsFile(),
        null,
        null,
        null,
        null,
        null);
  }

  private void transfers(TransferTable table) {
    for (TransferTable.Row row : table.rows()) {
      for (int i = 0; i < table.targets().size(); i++) {
        TransferTable.Entry entry = row.entries().get(i);
        if (entry.name() != null) {
          transfer(table, row, table.targets().get(i), entry);
        }
      }
    }
  }

  private void transfer(
      TransferTable table, TransferTable.Row row, String target, TransferTable.Entry entry) {
    Cell cell = entry.cell();
    line(
        table.evaluation(),
        table.task(),
        table.metric(),
        target,
        table.finetuned() ? "transfer-then-finetune" : "transfer",
        cell.state().key(),
        cell.value(),
        cell.standardError(),
        cell.examples(),
        null,
        cell.cumulativeSteps(),
        null,
        null,
        cell.scored() ? cell.reused() : null,
        cell.step(),
        cell.model(),
        cell.resultsFile(),
        entry.name(),
        row.source(),
        row.lambda(),
        entry.overBase() == null ? null : entry.overBase().difference(),
        entry.overPlain() == null ? null : entry.overPlain().difference());
  }

  private void checkpoints(ScoreTable table, Convergence curves) {
    for (Convergence.Curve curve : curves.curves()) {
      for (Convergence.Point point : curve.points()) {
        if (point.of().equals("checkpoint")) {
          line(
              table.evaluation(),
              table.task(),
              table.metric(),
              curves.release(),
              curve.model().key() + "-checkpoint",
              Cell.State.SCORED.key(),
              point.value(),
              point.standardError(),
              null,
              point.steps(),
              null,
              null,
              null,
              null,
              point.step(),
              null,
              point.resultsFile(),
              null,
              null,
              null,
              null,
              null);
        }
      }
    }
  }

  private void line(Object... fields) {
    lines.add(Stream.of(fields).map(CsvReport::field).collect(Collectors.joining(",")));
  }

  private static String field(Object field) {
    String text = field == null ? "" : field.toString();
    boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
  }
}
