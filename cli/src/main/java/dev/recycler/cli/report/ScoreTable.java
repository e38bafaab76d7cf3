package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.status.Scale;
import java.util.List;
import java.util.Optional;

/**
 * The paper's Table 6 for one evaluation.
 *
 * @param evaluation name in the series file
 * @param task the harness's name of the task
 * @param metric the harness's name of the metric, or null while nothing is scored
 * @param harness harness and version of the scores, or null while nothing is scored
 * @param scale how values are read and shown
 * @param releases the columns
 * @param rows as many of the table's rows as were asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScoreTable(
    String evaluation,
    String task,
    String metric,
    String harness,
    Scale scale,
    List<String> releases,
    List<Row> rows) {
  public ScoreTable {
    releases = List.copyOf(releases);
    rows = List.copyOf(rows);
  }

  /**
   * One kind of model over the releases.
   *
   * @param cells one a release, in the releases' order
   */
  public record Row(ModelKind model, List<Cell> cells) {
    public Row {
      cells = List.copyOf(cells);
    }

    /** The row's heading, e.g. {@code FT(M_i + Δiter)}. */
    public String label() {
      return model.label("M_i");
    }
  }

  /** The cell of a kind of model at a release, counted from 0, where there is such a row. */
  Optional<Cell> cell(ModelKind model, int release) {
    return rows.stream()
        .filter(row -> row.model() == model)
        .map(row -> row.cells().get(release))
        .findFirst();
  }
}
