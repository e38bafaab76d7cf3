package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.status.Scale;
import dev.recycler.workflows.progress.ModelRow;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The paper's transfer matrix (its Tables 3 and 4) for one evaluation: which diff vector gives what
 * on which target. Single transfers are a matrix with holes.
 *
 * @param evaluation name in the series file
 * @param task the harness's name of the task
 * @param metric the harness's name of the metric, or null while nothing is scored
 * @param finetuned whether the merged models were fine-tuned before they were scored
 * @param scale how values are read and shown
 * @param targets the columns: what diff vectors were added to
 * @param bases the targets themselves, as they are
 * @param plain the targets, fine-tuned without a transfer; empty where the series asks for none
 * @param rows one a diff vector and λ
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TransferTable(
    String evaluation,
    String task,
    String metric,
    boolean finetuned,
    Scale scale,
    List<String> targets,
    List<Cell> bases,
    List<Cell> plain,
    List<Row> rows) {
  public TransferTable {
    targets = List.copyOf(targets);
    bases = List.copyOf(bases);
    plain = List.copyOf(plain);
    rows = List.copyOf(rows);
  }

  /**
   * One diff vector on all targets.
   *
   * @param label e.g. {@code + 0.5·Δ of FT(M1)}
   * @param source the fine-tuned side, e.g. {@code FT(M1)}
   * @param lambda λ, or null where it was chosen by score
   * @param published score of the fine-tuned side itself where somebody else trained it, else null
   * @param entries one a target, in the targets' order
   */
  public record Row(
      String label, String source, Double lambda, Cell published, List<Entry> entries) {
    public Row {
      entries = List.copyOf(entries);
    }
  }

  /**
   * One transfer.
   *
   * @param name name of the transfer, or null where the series file asks for none here
   * @param cell its score
   * @param overBase gain over the target as it is, or null
   * @param overPlain gain over the target fine-tuned without a transfer, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Entry(String name, Cell cell, Gain overBase, Gain overPlain) {
    static final Entry NONE = new Entry(null, Cell.gap(Cell.State.NO_MODEL, null), null, null);
  }

  /** What is added, e.g. {@code + 0.5·Δ of FT(M1)}. */
  static String label(ModelRow.Transfer transfer) {
    Double lambda = transfer.scale();
    String factor =
        lambda == null
            ? "λ·"
            : lambda == 1
                ? ""
                : (lambda == Math.rint(lambda) ? Long.toString(lambda.longValue()) : lambda) + "·";
    return "+ " + factor + "Δ of " + transfer.source();
  }

  /** What the table shows, e.g. {@code gsm8k after a transfer}. */
  String title() {
    return evaluation
        + (finetuned ? " after a transfer and fine-tuning" : " after a transfer")
        + (scale.percent() ? ", percent" : "");
  }

  /** How the rows' models are written as a formula. */
  String formula() {
    return finetuned ? "FT(M_t + Δ)" : "M_t + Δ";
  }

  boolean hasPlain() {
    return !plain.isEmpty();
  }

  boolean hasBases() {
    return bases.stream().anyMatch(Cell::saysSomething);
  }

  /** The rows that the transfers are measured by: their headings. */
  List<String> referenceLabels() {
    return Stream.of(
            hasBases() ? Optional.of("M_t") : Optional.<String>empty(),
            hasPlain() ? Optional.of("FT(M_t)") : Optional.<String>empty())
        .flatMap(Optional::stream)
        .toList();
  }

  /** The rows that the transfers are measured by: their cells. */
  List<List<Cell>> references() {
    return Stream.of(
            hasBases() ? Optional.of(bases) : Optional.<List<Cell>>empty(),
            hasPlain() ? Optional.of(plain) : Optional.<List<Cell>>empty())
        .flatMap(Optional::stream)
        .toList();
  }

  /** Every transfer of the table. */
  Stream<Entry> entries() {
    return rows.stream().flatMap(row -> row.entries().stream());
  }

  /** The mark beside a transfer's score: whether it is above or below its target beyond noise. */
  static String mark(Entry entry) {
    Gain.Verdict verdict = entry.overBase() == null ? null : entry.overBase().verdict();
    return verdict == Gain.Verdict.BETTER ? "▲" : verdict == Gain.Verdict.WORSE ? "▼" : "";
  }

  /** The gains as texts, e.g. {@code +12.5 / -3.0}; empty where there is none. */
  String gains(Entry entry) {
    if (entry.overBase() == null && entry.overPlain() == null) {
      return "";
    }
    String base = entry.overBase() == null ? "–" : entry.overBase().text(scale);
    if (!hasPlain()) {
      return base;
    }
    return base + " / " + (entry.overPlain() == null ? "–" : entry.overPlain().text(scale));
  }

  /** What the marks, signs and words in the cells mean, those that occur. */
  String legend() {
    StringBuilder legend = new StringBuilder("Gains over M_t");
    legend.append(hasPlain() ? " / over FT(M_t)" : "").append("; + is better");
    if (entries().anyMatch(entry -> !mark(entry).isEmpty())) {
      legend.append("; ▲ above M_t, ▼ below it, beyond noise");
    }
    return legend.append(gaps()).append('.').toString();
  }

  /** What the words in the cells mean that have no score, those that occur. */
  String gaps() {
    StringBuilder gaps = new StringBuilder();
    if (entries().anyMatch(entry -> entry.cell().state() == Cell.State.NO_MODEL)) {
      gaps.append("; – no such transfer");
    }
    if (entries().anyMatch(entry -> entry.cell().state() == Cell.State.BLOCKED)) {
      gaps.append("; blocked: waits for a step that failed or was cancelled");
    }
    return gaps.toString();
  }
}
