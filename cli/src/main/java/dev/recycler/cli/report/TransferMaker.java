package dev.recycler.cli.report;

import dev.recycler.workflows.progress.ModelRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the tables of one evaluation's transfers. */
final class TransferMaker {
  private final Models models;
  private final ScoreTable scores;
  private final CellMaker cells;
  private final List<String> targets;

  /**
   * @param scores the table of the same evaluation's strategies
   */
  TransferMaker(Models models, ScoreTable scores) {
    this.models = models;
    this.scores = scores;
    this.cells = new CellMaker(models.index(), scores.evaluation());
    List<String> asked = models.transfers().stream().map(ModelRow::release).distinct().toList();
    this.targets = models.targets().stream().filter(asked::contains).toList();
  }

  /** One table of merged models, one of those that were fine-tuned; none that is empty. */
  List<TransferTable> make() {
    List<TransferTable> tables = new ArrayList<>();
    for (boolean finetuned : new boolean[] {false, true}) {
      TransferTable table = table(finetuned);
      if (table.entries().anyMatch(entry -> entry.cell().saysSomething())) {
        tables.add(table);
      }
    }
    return tables;
  }

  private TransferTable table(boolean finetuned) {
    List<Cell> bases = targets.stream().map(target -> of(ModelKind.BASE, target)).toList();
    List<Cell> plain =
        models.asked(ModelKind.PLAIN)
            ? targets.stream().map(target -> of(ModelKind.PLAIN, target)).toList()
            : List.of();
    boolean anyPlain = plain.stream().anyMatch(Cell::saysSomething);
    List<TransferTable.Row> rows = new ArrayList<>();
    byDifference(finetuned)
        .forEach((label, transfers) -> rows.add(row(label, transfers, finetuned, bases, plain)));
    return new TransferTable(
        scores.evaluation(),
        scores.task(),
        scores.metric(),
        finetuned,
        scores.scale(),
        targets,
        bases,
        anyPlain ? plain : List.of(),
        rows);
  }

  private Cell of(ModelKind kind, String target) {
    return models
        .row(kind, target)
        .map(
            row ->
                cells.cell(
                    row, kind.subject(), Models.step(kind, row), models.cumulativeSteps(kind, row)))
        .orElseGet(() -> Cell.gap(Cell.State.NO_MODEL, null));
  }

  /** The transfers by what is added: the file's single ones first, then release by release. */
  private Map<String, Map<String, ModelRow>> byDifference(boolean finetuned) {
    List<String> ofReleases =
        models.releases().stream().map(release -> "FT(" + release + ")").toList();
    Map<String, Map<String, ModelRow>> rows = new LinkedHashMap<>();
    models.transfers().stream()
        .filter(row -> !finetuned || row.finetuneStep() != null)
        .sorted(Comparator.comparingInt(row -> ofReleases.indexOf(row.transfer().source())))
        .forEach(
            row -> {
              String label = TransferTable.label(row.transfer());
              Map<String, ModelRow> known =
                  rows.computeIfAbsent(label, any -> new LinkedHashMap<>());
              if (known.putIfAbsent(row.release(), row) != null) {
                // Two of one source and target, which differ in what the source was tuned from.
                rows.computeIfAbsent(
                        label + " (" + row.transfer().name() + ")", any -> new LinkedHashMap<>())
                    .put(row.release(), row);
              }
            });
    return rows;
  }

  private TransferTable.Row row(
      String label,
      Map<String, ModelRow> transfers,
      boolean finetuned,
      List<Cell> bases,
      List<Cell> plain) {
    List<TransferTable.Entry> entries = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      ModelRow row = transfers.get(targets.get(i));
      if (row == null) {
        entries.add(TransferTable.Entry.NONE);
        continue;
      }
      Cell cell =
          cells.cell(
              row,
              finetuned ? "finetuned" : "merged",
              finetuned ? row.finetuneStep() : row.mergeStep(),
              models.cumulativeSteps(row, !finetuned));
      entries.add(
          new TransferTable.Entry(
              row.transfer().name(),
              cell,
              Gain.of(cell, bases.get(i), scores.scale()),
              plain.isEmpty() ? null : Gain.of(cell, plain.get(i), scores.scale())));
    }
    ModelRow.Transfer any = transfers.values().iterator().next().transfer();
    return new TransferTable.Row(label, any.source(), any.scale(), published(any), entries);
  }

  private Cell published(ModelRow.Transfer transfer) {
    Optional<ModelRow> row = models.published(transfer.source());
    return row.map(it -> cells.cell(it, "finetuned", it.fetchStep(), null))
        .filter(Cell::saysSomething)
        .orElse(null);
  }
}
