package dev.recycler.workflows.plan;

import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
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
            case Finetuned finetuned ->
                new PlannedStep.Finetune(id, finetuned, make(finetuned.start()));
          });
    }
    return id;
  }

  /** Adds scores, each after the steps that make what it scores. */
  void score(Collection<Scoring> scorings) {
    for (Scoring scoring : scorings) {
      String model = make(scoring.model());
      add(new PlannedStep.Evaluate(scoring, model));
    }
  }

  private void add(PlannedStep step) {
    steps.putIfAbsent(step.id(), step);
  }
}
