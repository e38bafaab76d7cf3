package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.status.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One evaluation along the straight line {@code (1 − α) · from + α · to} between two releases, and
 * what the transfers across it came to: whether the one tells the other.
 *
 * @param evaluation name in the series file
 * @param scale how values are read and shown
 * @param from the release at α = 0
 * @param to the release at α = 1
 * @param points the scores, α by α
 * @param dip how far the line of scores falls below the straight one between its ends where it does
 *     most, in the unit of the scores; negative where it never does; null while a score is missing
 * @param dipError standard error of that, or null
 * @param distance ‖to − from‖ / ‖from‖ by the merges' own measurements, or null
 * @param outcomes the transfers that cross it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Connectivity(
    String evaluation,
    Scale scale,
    String from,
    String to,
    List<Point> points,
    Double dip,
    Double dipError,
    Double distance,
    List<Outcome> outcomes) {
  public Connectivity {
    points = List.copyOf(points);
    outcomes = List.copyOf(outcomes);
  }

  /** One model of the line. */
  public record Point(double at, Cell cell) {}

  /**
   * A transfer from the one release to the other.
   *
   * @param kind what it is
   * @param label e.g. {@code M2 + Δiter}
   * @param cell its score
   * @param overBase gain over the release that it was added to, or null
   * @param cosine the cosine between Δ and {@code to − from}, or null
   * @param size ‖Δ‖ / ‖from‖, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Outcome(
      @JsonIgnore ModelKind kind,
      String label,
      Cell cell,
      Gain overBase,
      Double cosine,
      Double size) {}

  /** What a table of lines is called. */
  String title() {
    return evaluation + " along the lines between releases" + (scale.percent() ? ", percent" : "");
  }

  String line() {
    return from + " → " + to;
  }

  /** The headings beside {@link #line}. */
  List<String> head() {
    List<String> head = new ArrayList<>();
    points.forEach(point -> head.add("α " + number(point.at())));
    head.addAll(List.of("below the line", "distance", "transfers across it"));
    return head;
  }

  /** The texts below {@link #head}. */
  List<String> cells() {
    List<String> cells = new ArrayList<>();
    points.forEach(point -> cells.add(score(point.cell())));
    cells.add(dipText());
    cells.add(distance == null ? "–" : String.format(Locale.ROOT, "%.3g", distance));
    cells.add(
        outcomes.isEmpty()
            ? "–"
            : outcomes.stream().map(this::text).collect(Collectors.joining("; ")));
    return cells;
  }

  /** All of it in a sentence. */
  String sentence() {
    String scores =
        points.stream()
            .map(point -> "α %s: %s".formatted(number(point.at()), score(point.cell())))
            .collect(Collectors.joining(", "));
    return "%s: %s; below the straight line: %s; distance %s; across it: %s."
        .formatted(line(), scores, dipText(), cells().get(points.size() + 1), cells().getLast());
  }

  /** Whether it falls below the straight line beyond noise. */
  boolean dips() {
    return dip != null && dipError != null && dip > Comparison.NOISE_LIMIT * dipError;
  }

  private String dipText() {
    if (dip == null) {
      return "–";
    } else if (dip <= 0) {
      return "nowhere";
    }
    String error = dipError == null ? "" : " ± " + scale.text(dipError);
    return scale.text(dip) + error + (dips() ? ", beyond noise" : "");
  }

  private String text(Outcome outcome) {
    String gain =
        outcome.overBase() == null ? score(outcome.cell()) : outcome.overBase().text(scale);
    return outcome.label()
        + " "
        + gain
        + (outcome.overBase() != null && outcome.overBase().verdict() == Gain.Verdict.BETTER
            ? " ▲"
            : outcome.overBase() != null && outcome.overBase().verdict() == Gain.Verdict.WORSE
                ? " ▼"
                : "")
        + (outcome.cosine() == null
            ? ""
            : String.format(
                Locale.ROOT, " (cos %.3f, ‖Δ‖ %.2g)", outcome.cosine(), outcome.size()));
  }

  private String score(Cell cell) {
    return cell.scored()
        ? scale.text(cell.value())
            + (cell.standardError() == null ? "" : " ± " + scale.text(cell.standardError()))
        : cell.state().word();
  }

  static String number(double at) {
    return String.format(Locale.ROOT, "%.3g", at).replaceAll("\\.?0+$", "");
  }
}
