package dev.recycler.workflows.plan;

import dev.recycler.workflows.activity.Steps.StopRule;
import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Best;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.model.Recipes;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The models of a series and the names of its steps. A pure function of the series file: the same
 * file gives the same plan, in the same order, wherever it is made.
 *
 * <p>A model is named after the first strategy that yields it, in the order plain, direct,
 * iterative, of those the file asks for: with all three, {@code FT(M_1)} is {@code M1.plain}, and
 * with only {@code iterative} it is {@code M1.iterative}. A model that no strategy of the file
 * yields, but one needs on its way ({@code direct} alone needs every {@code FT(M_{i−1})}), is named
 * after the first of all strategies that yields it.
 */
public final class Plan {
  private final SeriesSpec spec;
  private final List<Base> releases;
  private final List<Transfer> transfers;
  private final List<Line> lines;
  private final Map<Strategy, List<Finetuned>> results = new EnumMap<>(Strategy.class);
  private final Map<Model, String> names = new LinkedHashMap<>();

  private Plan(SeriesSpec spec) {
    this.spec = spec;
    this.releases = spec.releases().stream().map(Release::name).map(Base::new).toList();
    for (Strategy strategy : Strategy.values()) {
      results.put(strategy, Recipes.of(strategy, releases, scales(spec)));
    }
    this.transfers = Transfer.of(spec);
    this.lines = Line.of(spec, releases);
    releases.forEach(release -> names.put(release, release.release() + ".base"));
    spec.models().forEach(model -> names.put(new Base(model.name()), model.name()));
    for (Line line : lines) {
      line.points()
          .forEach(point -> names.put(point, line.name() + ".x" + Transfer.written(point.scale())));
    }
    for (Strategy strategy : Strategy.values()) {
      if (spec.strategies().contains(strategy)) {
        name(strategy);
      }
    }
    for (Transfer transfer : transfers) {
      name(transfer.merged(), transfer.name());
      if (transfer.thenFinetune()) {
        names.putIfAbsent(transfer.finetuned(), transfer.name());
      }
    }
    for (Strategy strategy : Strategy.values()) {
      name(strategy);
    }
    for (Release model : spec.models()) {
      names.putIfAbsent(new Finetuned(new Base(model.name())), model.name() + ".plain");
    }
  }

  /** Every λ that is tried in each transfer of a strategy or of the matrix. */
  static List<Double> scales(SeriesSpec spec) {
    return spec.choice() == null ? List.of(spec.merge().scale()) : spec.choice().scales();
  }

  /** The plan of a series. */
  public static Plan of(SeriesSpec spec) {
    return new Plan(spec);
  }

  /**
   * Every step, each after those that it needs; the scores of checkpoints are known when a
   * fine-tuning is over.
   */
  public List<PlannedStep> steps() {
    StepList steps = new StepList(this);
    for (int i = 0; i < releases.size(); i++) {
      steps.make(releases.get(i));
      if (i > 0 && !lines.isEmpty()) {
        steps.score(scorings(lines.get(i - 1)));
      }
      for (Strategy strategy : spec.strategies()) {
        steps.make(result(strategy, i));
      }
      steps.score(scorings(i));
      if (spec.publish() != null) {
        for (Strategy strategy : spec.publish().strategies()) {
          steps.publish(strategy, result(strategy, i), spec.publish());
        }
      }
    }
    for (Transfer transfer : transfers) {
      steps.make(transfer.result());
      steps.score(scorings(transfer));
    }
    return steps.steps();
  }

  /** The single transfers and those of the matrix. */
  public List<Transfer> transfers() {
    return transfers;
  }

  /** The lines between releases that are scored. */
  public List<Line> lines() {
    return lines;
  }

  /** {@code M_1 … M_n}. */
  public List<Base> releases() {
    return releases;
  }

  /** Where a release's weights are, as the series file says. */
  public String source(Base release) {
    return Stream.concat(spec.releases().stream(), spec.models().stream())
        .filter(known -> known.name().equals(release.release()))
        .findFirst()
        .orElseThrow()
        .model();
  }

  /** What a strategy ends with at a release, counted from 0. */
  public Finetuned result(Strategy strategy, int release) {
    return results.get(strategy).get(release);
  }

  /** The id of the step that makes a model, e.g. {@code M3.iterative.finetune}. */
  public String step(Model model) {
    return switch (model) {
      case Base base -> base.release() + ".fetch";
      case Merged merged -> names.get(merged) + ".merge";
      case Best best -> names.get(best) + ".choose";
      case Finetuned finetuned -> names.get(finetuned) + ".finetune";
    };
  }

  /** Every score that is to be taken at a release, other than those of checkpoints. */
  public List<Scoring> scorings(int release) {
    List<Scoring> scorings = new ArrayList<>(scorings(Subject.BASE, releases.get(release)));
    for (Strategy strategy : spec.strategies()) {
      Finetuned result = result(strategy, release);
      if (!(result.start() instanceof Base)) {
        scorings.addAll(scorings(Subject.MERGED, result.start()));
      }
      scorings.addAll(scorings(Subject.FINETUNED, result));
    }
    return scorings.stream().distinct().toList();
  }

  /** Every score that is to be taken along a line, from one end to the other. */
  public List<Scoring> scorings(Line line) {
    List<Scoring> scorings = new ArrayList<>();
    for (String name : spec.connectivity().by()) {
      scorings.add(scoring(line.from(), Subject.BASE, name));
      line.points().forEach(point -> scorings.add(scoring(point, Subject.MERGED, name)));
      scorings.add(scoring(line.to(), Subject.BASE, name));
    }
    return scorings;
  }

  /** The ids of the scores that a fine-tuning waits for: those of the line that it crosses. */
  public List<String> before(PlannedStep step) {
    return step instanceof PlannedStep.Finetune finetune
            && !(finetune.model().start() instanceof Base)
        ? lines.stream()
            .filter(line -> line.to().release().equals(finetune.model().release()))
            .flatMap(line -> scorings(line).stream())
            .map(Scoring::step)
            .toList()
        : List.of();
  }

  /** Every score that is to be taken for a transfer, its fine-tuned side's among them. */
  public List<Scoring> scorings(Transfer transfer) {
    Model source = transfer.difference().finetuned();
    List<Scoring> scorings = new ArrayList<>();
    if (!releases.contains(source)) {
      scorings.addAll(scorings(Subject.FINETUNED, source));
    }
    scorings.addAll(scorings(Subject.MERGED, transfer.merged()));
    if (transfer.thenFinetune()) {
      scorings.addAll(scorings(Subject.FINETUNED, transfer.finetuned()));
    }
    return scorings;
  }

  /** The scores that are to be taken of one checkpoint of a fine-tuning. */
  public List<Scoring> checkpointScorings(Finetuned model, long checkpoint) {
    List<Scoring> scorings = new ArrayList<>(stopScorings(model, checkpoint));
    boolean asked =
        spec.strategies().stream().anyMatch(strategy -> results.get(strategy).contains(model))
            || transfers.stream().anyMatch(transfer -> transfer.result().equals(model));
    if (asked) {
      scorings.addAll(scorings(Subject.CHECKPOINTS, model, checkpoint));
    }
    return scorings.stream().distinct().toList();
  }

  /** What ends each training at a checkpoint. */
  public List<StopRule> stops() {
    return spec.gatesOfCheckpoints().stream()
        .map(gate -> new StopRule(gate.when(), spec.evaluation(gate.when().evaluation())))
        .toList();
  }

  /** Those of them that may end the training. */
  public List<Scoring> stopScorings(Finetuned model, long checkpoint) {
    return spec.gatesOfCheckpoints().stream()
        .map(gate -> gate.when().evaluation())
        .distinct()
        .map(
            name ->
                new Scoring(
                    names.get(model),
                    Subject.CHECKPOINTS,
                    checkpoint,
                    model,
                    spec.evaluation(name)))
        .toList();
  }

  /** The fine-tunings that a model has been through, oldest first, its own included. */
  public List<Finetuned> finetunings(Model model) {
    List<Finetuned> chain = new ArrayList<>();
    Model at = model;
    while (!(at instanceof Base)) {
      switch (at) {
        case Finetuned finetuned -> {
          chain.addFirst(finetuned);
          at = finetuned.start();
        }
        case Merged merged -> at = merged.difference().finetuned();
        case Best best -> at = best.difference().finetuned();
        case Base base -> throw new AssertionError(base);
      }
    }
    return chain;
  }

  /** Whether scores decide that a model is trained at all. */
  boolean isGated(Finetuned model) {
    return !spec.gatesOfMerged().isEmpty()
        && (model.start() instanceof Merged || model.start() instanceof Best);
  }

  /** The id of the step that decides whether a model is trained. */
  String gate(Finetuned model) {
    return names.get(model) + ".gate";
  }

  /** The scores that gates look at. */
  List<Scoring> gateScorings(Finetuned model) {
    return spec.gatesOfMerged().stream()
        .filter(gate -> gate.when() != null)
        .map(gate -> gate.when().evaluation())
        .distinct()
        .map(name -> scoring(model.start(), name))
        .toList();
  }

  /** The score by which a candidate is taken or not. */
  Scoring deciding(Merged candidate) {
    return scoring(candidate, spec.choice().by());
  }

  private Scoring scoring(Model merged, String evaluation) {
    return scoring(merged, Subject.MERGED, evaluation);
  }

  private Scoring scoring(Model model, Subject subject, String evaluation) {
    return new Scoring(names.get(model), subject, 0, model, spec.evaluation(evaluation));
  }

  List<Scoring> scorings(Subject subject, Model model) {
    return scorings(subject, model, 0);
  }

  private List<Scoring> scorings(Subject subject, Model model, long checkpoint) {
    List<Scoring> scorings = new ArrayList<>();
    for (EvaluationSpec evaluation : spec.evaluate()) {
      if (evaluation.scores(subject, model.release())) {
        scorings.add(new Scoring(names.get(model), subject, checkpoint, model, evaluation));
      }
    }
    return scorings;
  }

  private void name(Strategy strategy) {
    for (Finetuned result : results.get(strategy)) {
      String name = result.release() + "." + strategy.key();
      names.putIfAbsent(result, name);
      name(result.start(), name);
    }
  }

  /** Names a model; the candidates for one of several λ are named after it. */
  private void name(Model model, String name) {
    names.putIfAbsent(model, name);
    if (model instanceof Best best) {
      for (Merged candidate : best.candidates()) {
        names.putIfAbsent(candidate, names.get(best) + ".x" + Transfer.written(candidate.scale()));
      }
    }
  }
}
