package dev.recycler.cli.report;

import dev.recycler.cli.status.Scale;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the scores show, in sentences: what is beyond the noise, and that the rest is not. */
final class Findings {
  private record Pair(ModelKind one, ModelKind other) {}

  /**
   * The questions of the paper: iterative ≥ direct ≥ plain, and what a transfer alone brings; and
   * one it leaves open, whether iterative owes its lead to its many steps.
   */
  private static final List<Pair> QUESTIONS =
      List.of(
          new Pair(ModelKind.ITERATIVE, ModelKind.PLAIN),
          new Pair(ModelKind.ITERATIVE, ModelKind.PLAIN_CUMULATIVE),
          new Pair(ModelKind.DIRECT, ModelKind.PLAIN),
          new Pair(ModelKind.ITERATIVE, ModelKind.DIRECT),
          new Pair(ModelKind.ITERATIVE_MERGED, ModelKind.BASE),
          new Pair(ModelKind.DIRECT_MERGED, ModelKind.BASE));

  private static final int NAMES_LISTED = 6;

  private final List<ScoreTable> tables;
  private final List<Convergence> convergence;
  private final List<String> sentences = new ArrayList<>();

  /** Which models were compared so far: strategies that share them are not told twice. */
  private final Set<List<String>> said = new HashSet<>();

  Findings(List<ScoreTable> tables, List<Convergence> convergence) {
    this.tables = tables;
    this.convergence = convergence;
  }

  List<String> sentences() {
    for (ScoreTable table : tables) {
      for (Pair pair : QUESTIONS) {
        List<Integer> both = both(table, pair);
        if (both.size() > 1 && said.add(models(table, pair, both))) {
          overall(table, pair, both);
        }
        if ((both.size() == 1 || (!both.isEmpty() && pair.one().finetuned()))
            && said.add(models(table, pair, List.of(both.getLast())))) {
          newest(table, pair, both.getLast());
        }
      }
      convergence.stream()
          .filter(curves -> curves.evaluation().equals(table.evaluation()))
          .reduce((earlier, later) -> later)
          .ifPresent(this::speed);
    }
    return List.copyOf(sentences);
  }

  /** The releases at which both are scored and are not one and the same model. */
  private static List<Integer> both(ScoreTable table, Pair pair) {
    List<Integer> releases = new ArrayList<>();
    for (int i = 0; i < table.releases().size(); i++) {
      Optional<Cell> one = table.cell(pair.one(), i).filter(Cell::comparable);
      Optional<Cell> other = table.cell(pair.other(), i).filter(Cell::comparable);
      if (one.isPresent() && other.isPresent() && !one.get().step().equals(other.get().step())) {
        releases.add(i);
      }
    }
    return releases;
  }

  private static List<String> models(ScoreTable table, Pair pair, List<Integer> releases) {
    return releases.stream()
        .flatMap(i -> Stream.of(table.cell(pair.one(), i), table.cell(pair.other(), i)))
        .map(cell -> cell.orElseThrow().step())
        .toList();
  }

  private void newest(ScoreTable table, Pair pair, int release) {
    Cell one = table.cell(pair.one(), release).orElseThrow();
    Cell other = table.cell(pair.other(), release).orElseThrow();
    String name = table.releases().get(release);
    String oneName = pair.one().label(name);
    String otherName = pair.other().label(name);
    String steps =
        pair.one().finetuned() && one.cumulativeSteps() != null && other.cumulativeSteps() != null
            ? String.format(
                Locale.ROOT,
                "; it has had %,d fine-tuning steps, %s %,d",
                one.cumulativeSteps(),
                otherName,
                other.cumulativeSteps())
            : "";
    String oneScored = oneName + " " + score(table.scale(), one.value(), one.standardError());
    String otherScored =
        otherName + " " + score(table.scale(), other.value(), other.standardError());
    Comparison comparison = Comparison.of(one, other, table.scale());
    say(
        table.evaluation(),
        comparison.judged()
            ? oneScored + " is " + verdict(table.scale(), comparison, otherScored) + steps + "."
            : oneScored
                + " stands beside "
                + otherScored
                + steps
                + "; without standard errors the difference can't be told from noise.");
  }

  private void overall(ScoreTable table, Pair pair, List<Integer> releases) {
    List<String> better = new ArrayList<>();
    List<String> worse = new ArrayList<>();
    List<String> equal = new ArrayList<>();
    for (int release : releases) {
      Comparison comparison =
          Comparison.of(
              table.cell(pair.one(), release).orElseThrow(),
              table.cell(pair.other(), release).orElseThrow(),
              table.scale());
      if (!comparison.judged()) {
        return;
      }
      (comparison.better() ? better : comparison.worse() ? worse : equal)
          .add(table.releases().get(release));
    }
    String one = pair.one().label("M_i");
    String other = pair.other().label("M_i");
    String sentence =
        better.isEmpty()
            ? "%s is not %s%s beyond noise at any of %d releases"
                .formatted(one, above(table.scale()), other, releases.size())
            : "%s is %s%s beyond noise at %d of %d releases%s"
                .formatted(
                    one,
                    above(table.scale()),
                    other,
                    better.size(),
                    releases.size(),
                    names(better));
    if (!worse.isEmpty()) {
      sentence += ", %sit at %d%s".formatted(below(table.scale()), worse.size(), names(worse));
    }
    if (!equal.isEmpty()) {
      sentence += ", within noise of it at %d%s".formatted(equal.size(), names(equal));
    }
    say(table.evaluation(), sentence + ".");
  }

  /** How early a merged start has what the plain start ends with. */
  private void speed(Convergence curves) {
    Convergence.Curve plain =
        curves.curves().stream()
            .filter(curve -> curve.model() == ModelKind.PLAIN)
            .findFirst()
            .orElse(null);
    if (plain == null || !plain.points().getLast().of().equals("finetuned")) {
      return;
    }
    for (Convergence.Curve curve : curves.curves()) {
      if (curve.model() != plain.model()) {
        speed(curves, curve, plain);
      }
    }
  }

  private void speed(Convergence curves, Convergence.Curve merged, Convergence.Curve plain) {
    Convergence.Point end = plain.points().getLast();
    for (boolean beyondNoise : new boolean[] {true, false}) {
      for (Convergence.Point point : merged.points()) {
        Comparison comparison =
            Comparison.of(
                point.value(),
                point.standardError(),
                end.value(),
                end.standardError(),
                curves.scale());
        boolean holds =
            beyondNoise ? comparison.better() : comparison.judged() && !comparison.worse();
        if (holds && point.steps() < end.steps()) {
          String when =
              point.steps() == 0
                  ? "Before any step of its own"
                  : String.format(Locale.ROOT, "After %,d of its own steps", point.steps());
          String target =
              String.format(
                  Locale.ROOT,
                  "what %s scores after %,d steps (%s)",
                  plain.label(),
                  end.steps(),
                  score(curves.scale(), end.value(), end.standardError()));
          say(
              curves.evaluation(),
              "%s, %s scores %s, %s."
                  .formatted(
                      when,
                      merged.label(),
                      score(curves.scale(), point.value(), point.standardError()),
                      verdict(curves.scale(), comparison, target)));
          return;
        }
      }
    }
  }

  private static String verdict(Scale scale, Comparison comparison, String other) {
    String points =
        String.format(
            Locale.ROOT,
            scale.percent() ? "%.1f points" : "%.3f",
            Math.abs(scale.shown(comparison.difference())));
    if (!comparison.better() && !comparison.worse()) {
      return "within noise of " + other;
    }
    String errors =
        comparison.noise() > 0
            ? String.format(
                Locale.ROOT,
                ", %.1f standard errors",
                Math.abs(comparison.difference()) / comparison.noise())
            : "";
    return (comparison.better() ? above(scale) : below(scale)) + other + " by " + points + errors;
  }

  private static String above(Scale scale) {
    return scale.lowerIsBetter() ? "better than " : "above ";
  }

  private static String below(Scale scale) {
    return scale.lowerIsBetter() ? "worse than " : "below ";
  }

  private static String score(Scale scale, double value, Double standardError) {
    return scale.text(value) + (standardError == null ? "" : " ± " + scale.text(standardError));
  }

  private static String names(List<String> releases) {
    return releases.size() <= NAMES_LISTED ? " (" + String.join(", ", releases) + ")" : "";
  }

  private void say(String evaluation, String sentence) {
    sentences.add((tables.size() > 1 ? evaluation + ": " : "") + sentence);
  }
}
