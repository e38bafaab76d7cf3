package dev.recycler.workflows;

import dev.recycler.workflows.StepResult.Made;
import dev.recycler.workflows.StepResult.Prepared;
import dev.recycler.workflows.StepResult.Scored;
import dev.recycler.workflows.StepResult.Trained;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FetchInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.Scoring;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Turns the models of a plan into steps. What the strategies end with is said by {@link
 * dev.recycler.workflows.model.Recipes}; here each model of those expressions is made, once, by a
 * step that waits for the models it is made from.
 */
final class ModelSteps {
  private final StepBoard steps;
  private final Map<Model, Step> made = new LinkedHashMap<>();
  private final Map<Finetuned, List<Scoring>> checkpoints = new LinkedHashMap<>();
  private SeriesSpec spec;
  private Plan plan;
  private Step prepared;

  ModelSteps(StepBoard steps) {
    this.steps = steps;
  }

  /** Carries the recipe through every release of a plan; what an earlier plan had goes on. */
  void carryOut(SeriesSpec spec, Plan plan) {
    this.spec = spec;
    this.plan = plan;
    prepared = prepare();
    for (int release = 0; release < plan.releases().size(); release++) {
      make(plan.releases().get(release));
      for (Strategy strategy : spec.strategies()) {
        make(plan.result(strategy, release));
      }
      plan.scorings(release).forEach(this::score);
    }
  }

  /** The scores of a fine-tuning's checkpoints, as far as they are known. */
  List<Scoring> checkpointScorings(Finetuned model) {
    return checkpoints.getOrDefault(model, List.of());
  }

  private Step make(Model model) {
    Step known = made.get(model);
    if (known != null) {
      return known;
    }
    Step step =
        switch (model) {
          case Base base -> fetch(base);
          case Merged merged -> merge(merged);
          case Finetuned finetuned -> finetune(finetuned);
        };
    made.put(model, step);
    return step;
  }

  private Step prepare() {
    return step(
        "prepare",
        StepKind.PREPARE,
        List.of(),
        (worker, context) -> Async.function(worker::prepare, spec).thenApply(Prepared::new));
  }

  private Step fetch(Base release) {
    String model = plan.source(release);
    return step(
        plan.step(release),
        StepKind.FETCH,
        List.of(prepared),
        (worker, context) ->
            Async.function(worker::fetch, new FetchInput(context, model)).thenApply(Made::new));
  }

  private Step merge(Merged model) {
    Step target = make(model.target());
    Step finetuned = make(model.difference().finetuned());
    Step base = make(model.difference().base());
    return step(
        plan.step(model),
        StepKind.MERGE,
        List.of(target, finetuned, base),
        (worker, context) ->
            Async.function(
                    worker::merge,
                    new MergeInput(
                        context, target.model(), finetuned.model(), base.model(), spec.merge()))
                .thenApply(Made::new));
  }

  private Step finetune(Finetuned model) {
    Step start = make(model.start());
    Step finetuning =
        step(
            plan.step(model),
            StepKind.FINETUNE,
            List.of(start),
            (worker, context) ->
                Async.function(
                        worker::finetune,
                        new FinetuneInput(context, start.model(), spec.finetune(), prepared.pins()))
                    .thenApply(Trained::new));
    finetuning.whenDone(() -> scoreCheckpoints(model, finetuning));
    return finetuning;
  }

  /** What checkpoints there are is known once the training is over. */
  private void scoreCheckpoints(Finetuned model, Step finetuning) {
    for (Checkpoint checkpoint : finetuning.finetuned().checkpoints()) {
      List<Scoring> scorings = plan.checkpointScorings(model, checkpoint.step());
      checkpoints.computeIfAbsent(model, m -> new ArrayList<>()).addAll(scorings);
      scorings.forEach(scoring -> score(scoring, finetuning, checkpoint::model));
    }
  }

  private void score(Scoring scoring) {
    Step model = make(scoring.model());
    score(scoring, model, model::model);
  }

  private void score(Scoring scoring, Step need, Supplier<Artifact> model) {
    step(
        scoring.step(),
        StepKind.EVALUATE,
        List.of(need),
        (worker, context) ->
            Async.function(
                    worker::evaluate,
                    new EvaluateInput(context, model.get(), scoring.evaluation(), prepared.pins()))
                .thenApply(Scored::new));
  }

  private Step step(
      String id,
      StepKind kind,
      List<Step> needs,
      BiFunction<Steps, StepContext, Promise<? extends StepResult>> work) {
    Steps worker = Workflow.newActivityStub(Steps.class, StepOptions.of(kind, id));
    StepContext context = new StepContext(spec.series(), id, spec.store());
    return steps.add(id, kind, needs, () -> work.apply(worker, context));
  }
}
