package dev.recycler.workflows.plan;

import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What each strategy ends with, release by release, by the ids of the steps. */
public final class Rows {
  private final SeriesSpec spec;
  private final Plan plan;
  private final Function<Finetuned, List<Scoring>> checkpoints;

  private Rows(SeriesSpec spec, Plan plan, Function<Finetuned, List<Scoring>> checkpoints) {
    this.spec = spec;
    this.plan = plan;
    this.checkpoints = checkpoints;
  }

  /**
   * The rows of a series.
   *
   * @param checkpoints the scorings of checkpoints known so far for a fine-tuned model
   */
  public static List<ModelRow> of(
      SeriesSpec spec, Plan plan, Function<Finetuned, List<Scoring>> checkpoints) {
    return new Rows(spec, plan, checkpoints).rows();
  }

  private List<ModelRow> rows() {
    List<ModelRow> rows = new ArrayList<>();
    for (int i = 0; i < plan.releases().size(); i++) {
      rows.add(row(plan.releases().get(i)));
      for (Strategy strategy : spec.strategies()) {
        rows.add(row(strategy, plan.result(strategy, i)));
      }
    }
    plan.transfers().stream()
        .map(transfer -> transfer.difference().finetuned())
        .filter(source -> source instanceof Base base && !plan.releases().contains(base))
        .distinct()
        .forEach(source -> rows.add(published((Base) source)));
    plan.transfers().forEach(transfer -> rows.add(row(transfer)));
    plan.lines().forEach(line -> rows.addAll(rows(line)));
    return rows;
  }

  /** A model that somebody else fine-tuned. */
  private ModelRow published(Base model) {
    return new ModelRow(
        null,
        model.release(),
        plan.step(model),
        null,
        null,
        List.of(),
        steps(plan.scorings(Subject.FINETUNED, model)));
  }

  private ModelRow row(Transfer transfer) {
    Model merged = transfer.merged();
    List<Scoring> scorings = new ArrayList<>(plan.scorings(Subject.MERGED, merged));
    if (transfer.thenFinetune()) {
      scorings.addAll(checkpoints.apply(transfer.finetuned()));
      scorings.addAll(plan.scorings(Subject.FINETUNED, transfer.finetuned()));
    }
    return new ModelRow(
        null,
        merged.release(),
        plan.step(new Base(merged.release())),
        plan.step(merged),
        transfer.thenFinetune() ? plan.step(transfer.finetuned()) : null,
        plan.finetunings(transfer.result()).stream().map(plan::step).toList(),
        steps(scorings),
        new ModelRow.Transfer(
            transfer.name(),
            transfer.source(),
            merged instanceof Merged one ? (Double) one.scale() : null));
  }

  /** The points of a line, its ends among them. */
  private List<ModelRow> rows(Line line) {
    List<ModelRow> rows = new ArrayList<>();
    List<Scoring> scorings = plan.scorings(line);
    rows.add(row(line, 0, null, line.from(), scorings));
    for (Merged point : line.points()) {
      rows.add(row(line, point.scale(), plan.step(point), point, scorings));
    }
    rows.add(row(line, 1, null, line.to(), scorings));
    return rows;
  }

  private ModelRow row(Line line, double at, String merge, Model model, List<Scoring> scorings) {
    return new ModelRow(
        null,
        line.to().release(),
        plan.step(line.to()),
        merge,
        null,
        List.of(),
        steps(scorings.stream().filter(scoring -> scoring.model().equals(model)).toList()),
        null,
        new ModelRow.Line(line.from().release(), at));
  }

  private ModelRow row(Base base) {
    return new ModelRow(
        null,
        base.release(),
        plan.step(base),
        null,
        null,
        List.of(),
        steps(plan.scorings(Subject.BASE, base)));
  }

  private ModelRow row(Strategy strategy, Finetuned result) {
    List<Scoring> scorings = new ArrayList<>();
    String merge = null;
    if (!(result.start() instanceof Base)) {
      merge = plan.step(result.start());
      scorings.addAll(plan.scorings(Subject.MERGED, result.start()));
    }
    scorings.addAll(checkpoints.apply(result));
    scorings.addAll(plan.scorings(Subject.FINETUNED, result));
    return new ModelRow(
        strategy,
        result.release(),
        plan.step(new Base(result.release())),
        merge,
        plan.step(result),
        plan.finetunings(result).stream().map(plan::step).toList(),
        steps(scorings));
  }

  private static List<ModelRow.ScoreStep> steps(List<Scoring> scorings) {
    return scorings.stream()
        .map(
            scoring ->
                new ModelRow.ScoreStep(
                    scoring.evaluation().name(),
                    scoring.label(),
                    scoring.checkpoint(),
                    scoring.step()))
        .toList();
  }
}
