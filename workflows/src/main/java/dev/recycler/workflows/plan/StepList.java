package dev.recycler.workflows.plan;

import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Best;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.spec.PublishSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the steps that models need, each once, each after those that it needs. */
final class StepList {
  private final Plan plan;
  private final Map<String, PlannedStep> steps = new LinkedHashMap<>();

  StepList(Plan plan) {
    this.plan = plan;
    add(new PlannedStep.Prepare());
  }

  List<PlannedStep> steps() {
    return new ArrayList<>(steps.values());
  }

  /** Adds the steps that make a model; returns the id of the last one. */
  String make(Model model) {
    String id = plan.step(model);
    if (!steps.containsKey(id)) {
      add(
          switch (model) {
            case Base base -> new PlannedStep.Fetch(id, plan.source(base));
            case Merged merged ->
                new PlannedStep.Merge(
                    id,
                    merged,
                    make(merged.target()),
                    make(merged.difference().finetuned()),
                    make(merged.difference().base()));
            case Best best -> choose(id, best);
            case Finetuned finetuned -> {
              String start = make(finetuned.start());
              yield new PlannedStep.Finetune(id, finetuned, start, gate(finetuned, start));
            }
          });
    }
    return id;
  }

  private PlannedStep choose(String id, Best best) {
    List<String> merges = best.candidates().stream().map(this::make).toList();
    List<Scoring> scorings = best.candidates().stream().map(plan::deciding).toList();
    score(scorings);
    return new PlannedStep.Choose(id, best, merges, scorings.stream().map(Scoring::step).toList());
  }

  /** The id of the gate before a fine-tuning, which is added, or null where there is none. */
  private String gate(Finetuned finetuned, String start) {
    if (!plan.isGated(finetuned)) {
      return null;
    }
    List<Scoring> scorings = plan.gateScorings(finetuned);
    score(scorings);
    PlannedStep.Gate gate =
        new PlannedStep.Gate(
            plan.gate(finetuned), start, scorings.stream().map(Scoring::step).toList());
    add(gate);
    return gate.id();
  }

  /** Adds scores, each after the steps that make what it scores. */
  void score(Collection<Scoring> scorings) {
    for (Scoring scoring : scorings) {
      String model = make(scoring.model());
      add(new PlannedStep.Evaluate(scoring, model));
    }
  }

  /** Adds the publication of what a strategy ends with. */
  void publish(Strategy strategy, Finetuned model, PublishSpec publish) {
    add(
        new PlannedStep.Publish(
            "%s.%s.publish".formatted(model.release(), strategy.key()),
            make(model),
            plan.scorings(Subject.FINETUNED, model).stream().map(Scoring::step).toList(),
            publish.place(model.release(), strategy)));
  }

  private void add(PlannedStep step) {
    steps.putIfAbsent(step.id(), step);
  }
}
