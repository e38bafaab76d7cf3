package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.status.Scale;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything a report says, in whatever format. Made from a series' progress and its store's
 * records alone: the same gives the same report. Its JSON form is this record's components; fields
 * may be added, none is renamed, and what is not known is left out.
 *
 * @param series name of the series
 * @param state the series as a whole
 * @param message one sentence where a person has to act, or null
 * @param store absolute path of the artifact store
 * @param started when the first step began, ISO-8601 in UTC, or null
 * @param finished when the last step ended so far, ISO-8601 in UTC, or null
 * @param releases names of {@code M_1 … M_n}
 * @param finetune the recipe, left out where nothing is trained
 * @param merge how diff vectors were added
 * @param tables one an evaluation
 * @param transfers of single transfers and the matrix, up to two an evaluation: before and after a
 *     fine-tuning
 * @param convergence one an evaluation and release of which checkpoints were scored
 * @param connectivity one an evaluation and line between releases, left out where none is asked for
 * @param findings sentences that hold, and no others
 * @param notes what a reader has to know to read the numbers rightly
 * @param models where every model lies
 * @param costs what each kind of step took
 * @param steps what each step took that has begun
 * @param savings what merged starts saved against plain fine-tuning, where checkpoints were scored
 * @param failures the steps that failed for good
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
    String series,
    SeriesState state,
    String message,
    String store,
    String started,
    String finished,
    List<String> releases,
    FinetuneSpec finetune,
    MergeSpec merge,
    List<ScoreTable> tables,
    List<TransferTable> transfers,
    List<Convergence> convergence,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Connectivity> connectivity,
    List<String> findings,
    List<String> notes,
    List<Place> models,
    List<Cost> costs,
    List<StepCost> steps,
    List<Saving> savings,
    List<Failure> failures) {
  public Report {
    releases = List.copyOf(releases);
    tables = List.copyOf(tables);
    transfers = List.copyOf(transfers);
    convergence = List.copyOf(convergence);
    connectivity = List.copyOf(connectivity);
    findings = List.copyOf(findings);
    notes = List.copyOf(notes);
    models = List.copyOf(models);
    costs = List.copyOf(costs);
    steps = List.copyOf(steps);
    savings = List.copyOf(savings);
    failures = List.copyOf(failures);
  }

  /** The report of a series at any moment: of an unfinished one it is as good as it can be. */
  public static Report of(SeriesProgress progress) {
    return of(progress, Ledger.NONE);
  }

  /**
   * The same with what the steps took by the store's records.
   *
   * @param ledger {@link Ledger#of} the series' store
   */
  public static Report of(SeriesProgress progress, Ledger ledger) {
    return new ReportMaker(progress, ledger).make();
  }

  /** How the scores of an evaluation are read and shown. */
  Scale scale(String evaluation) {
    return tables.stream()
        .filter(table -> table.evaluation().equals(evaluation))
        .map(ScoreTable::scale)
        .findFirst()
        .orElseThrow();
  }

  /** The same report with one more note, e.g. that a tiny series is a demonstration. */
  public Report withNote(String note) {
    return new Report(
        series,
        state,
        message,
        store,
        started,
        finished,
        releases,
        finetune,
        merge,
        tables,
        transfers,
        convergence,
        connectivity,
        findings,
        Stream.concat(notes.stream(), Stream.of(note)).toList(),
        models,
        costs,
        steps,
        savings,
        failures);
  }
}
