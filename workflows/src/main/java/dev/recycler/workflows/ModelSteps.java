package dev.recycler.workflows;

import dev.recycler.workflows.StepResult.Decided;
import dev.recycler.workflows.StepResult.Made;
import dev.recycler.workflows.StepResult.Prepared;
import dev.recycler.workflows.StepResult.Scored;
import dev.recycler.workflows.StepResult.Trained;
import dev.recycler.workflows.StoppableTraining.Candidate;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.EvaluateInput;
import dev.recycler.workflows.activity.Steps.FetchInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.activity.Steps.PublishInput;
import dev.recycler.workflows.activity.Steps.Score;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.plan.Decisions;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.plan.Scoring;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Gives the steps of a plan to workers. What the strategies end with is said by {@link
 * dev.recycler.workflows.model.Recipes}; here each model of those expressions is made, once, by a
 * step that waits for the models it is made from.
 */
final class ModelSteps {
  private final StepBoard steps;
  private final Workers workers;
  private final Map<Finetuned, List<Scoring>> checkpoints = new LinkedHashMap<>();

  /** What runs of the workflow before this one have seen, by their trainings. */
  private final Map<String, List<Checkpoint>> seenBefore = new LinkedHashMap<>();

  /** The checkpoints that were seen of trainings that may be stopped, by their steps' ids. */
  private final Map<String, SortedMap<Long, Candidate>> candidates = new LinkedHashMap<>();

  /** What the scores of checkpoints are of, by their steps' ids: as they were kept last. */
  private final Map<String, Checkpoint> scored = new LinkedHashMap<>();

  private SeriesSpec spec;
  private Plan plan;

  /**
   * @param silence seconds after which a silent worker is taken for lost, or 0 for the usual time
   * @param seenBefore the checkpoints that were seen of trainings in earlier runs of the workflow
   */
  ModelSteps(StepBoard steps, int silence, List<SeenCheckpoints> seenBefore) {
    this.steps = steps;
    seenBefore.forEach(seen -> this.seenBefore.put(seen.training(), seen.checkpoints()));
    this.workers = new Workers(silence, steps::mustWait);
  }

  /** Has steps given to workers by the task queues that the series knows. */
  void useQueues(Queues known) {
    workers.useQueues(known);
  }

  /** Carries the recipe through every release of a plan; what an earlier plan had goes on. */
  void carryOut(SeriesSpec spec, Plan plan) {
    this.spec = spec;
    this.plan = plan;
    for (PlannedStep planned : plan.steps()) {
      if (!steps.has(planned.id())) {
        add(planned);
      }
    }
  }

  /** The scores of a fine-tuning's checkpoints, as far as they are known and of use. */
  List<Scoring> checkpointScorings(Finetuned model) {
    return checkpoints.getOrDefault(model, List.of()).stream()
        .filter(scoring -> !steps.skips.isDismissed(steps.get(scoring.step())))
        .toList();
  }

  /**
   * The checkpoints that were seen of trainings that may be stopped.
   *
   * @param keeps by a step's id and those of what it needs, whether its result is kept
   */
  List<SeenCheckpoints> seen(BiPredicate<String, List<String>> keeps) {
    List<SeenCheckpoints> seen = new ArrayList<>();
    candidates.forEach(
        (id, known) -> {
          Step training = steps.get(id);
          // With other tools a training that is not done comes to other checkpoints.
          boolean sameTools =
              training.state() == StepState.DONE || keeps.test(PlannedStep.Prepare.ID, List.of());
          if (!known.isEmpty() && sameTools && keeps.test(id, training.needIds())) {
            seen.add(
                new SeenCheckpoints(
                    id, known.values().stream().map(Candidate::checkpoint).toList()));
          }
        });
    return seen;
  }

  private void add(PlannedStep planned) {
    switch (planned) {
      case PlannedStep.Prepare prepare -> prepare(prepare);
      case PlannedStep.Fetch fetch -> fetch(fetch);
      case PlannedStep.Merge merge -> merge(merge);
      case PlannedStep.Choose choose -> choose(choose);
      case PlannedStep.Gate gate -> gate(gate);
      case PlannedStep.Finetune finetune -> finetune(finetune);
      case PlannedStep.Publish publish -> publish(publish);
      case PlannedStep.Evaluate evaluate -> {
        Step model = steps.get(evaluate.model());
        score(evaluate, model::model);
      }
    }
  }

  private void prepare(PlannedStep.Prepare planned) {
    step(planned, (worker, _) -> workers.prepare(planned, spec, worker).thenApply(Prepared::new));
  }

  private void fetch(PlannedStep.Fetch planned) {
    step(
        planned,
        (worker, context) ->
            Async.function(worker::fetch, new FetchInput(context, planned.source()))
                .thenApply(Made::new));
  }

  private void merge(PlannedStep.Merge planned) {
    Step target = steps.get(planned.target());
    Step finetuned = steps.get(planned.finetuned());
    Step base = steps.get(planned.base());
    step(
        planned,
        (worker, context) ->
            Async.function(
                    worker::merge,
                    new MergeInput(
                        context,
                        target.model(),
                        finetuned.model(),
                        base.model(),
                        spec.merge().withScale(planned.model().scale()),
                        spec.connectivity() != null))
                .thenApply(Made::new));
  }

  private void choose(PlannedStep.Choose planned) {
    List<Step> merges = planned.merges().stream().map(steps::get).toList();
    List<Step> scores = planned.scores().stream().map(steps::get).toList();
    List<Double> scales = planned.model().candidates().stream().map(Merged::scale).toList();
    step(
        planned,
        (_, _) -> {
          Decisions.Chosen chosen =
              Decisions.best(scales, scores.stream().map(Step::score).toList());
          steps.get(planned.id()).note(chosen.why());
          return Workflow.newPromise(new Made(merges.get(chosen.index()).model()));
        });
  }

  private void gate(PlannedStep.Gate planned) {
    List<Step> scored = planned.scores().stream().map(steps::get).toList();
    step(
        planned,
        (_, _) -> {
          Map<String, Score> scores = new LinkedHashMap<>();
          scored.forEach(step -> scores.put(step.score().evaluation(), step.score()));
          Decisions.Decided decided = Decisions.at(spec.gatesOfMerged(), scores);
          Step gate = steps.get(planned.id());
          gate.note(decided.why());
          return switch (decided.gate()) {
            case GO -> Workflow.newPromise(new Decided(true, decided.why()));
            case SKIP_FINETUNE -> Workflow.newPromise(new Decided(false, decided.why()));
            case APPROVE -> steps.approvals.ask(planned.id());
          };
        });
  }

  private void finetune(PlannedStep.Finetune planned) {
    Step start = steps.get(planned.start());
    Finetuned model = planned.model();
    Step finetuning =
        step(
            planned,
            (worker, _) ->
                isGoodEnough(planned)
                    ? Workflow.newPromise(untrained(planned, start.model()))
                    : train(planned, worker, input(planned)));
    if (steps.skips.last()) {
      seenBefore
          .getOrDefault(planned.id(), List.of())
          .forEach(
              checkpoint ->
                  candidates(planned)
                      .put(
                          checkpoint.step(),
                          new Candidate(checkpoint, scoreWhileTraining(planned, checkpoint))));
    }
    finetuning.whenDone(
        () -> {
          Steps.Finetuned result = finetuning.finetuned();
          if (result.stopped() != null) {
            finetuning.note("stopped at step %d: %s".formatted(result.steps(), result.stopped()));
          } else if (!result.damaged().isEmpty()) {
            finetuning.note(
                "checkpoints that were damaged, and are not kept: %s"
                    .formatted(
                        result.damaged().stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "))));
          }
          Set<String> asked = scoreCheckpoints(model, finetuning);
          steps.skips.dismissRest(
              finetuning, asked, "not needed: %s has its model".formatted(finetuning.id));
        });
  }

  private FinetuneInput input(PlannedStep.Finetune planned) {
    return new FinetuneInput(
        context(planned),
        steps.get(planned.start()).model(),
        spec.finetune().times(planned.model().times()),
        prepared().pins(),
        plan.stops());
  }

  private SortedMap<Long, Candidate> candidates(PlannedStep.Finetune planned) {
    return candidates.computeIfAbsent(planned.id(), id -> new TreeMap<>());
  }

  private Promise<Trained> train(PlannedStep.Finetune planned, Steps worker, FinetuneInput input) {
    if (input.stops().isEmpty()) {
      return workers.unlessKnown(
          planned,
          spec,
          store -> store.findFinetuned(input),
          found -> Workflow.newPromise(new Trained(found)),
          () -> Async.function(worker::finetune, input).thenApply(Trained::new));
    }
    StoppableTraining training =
        new StoppableTraining(
            steps,
            workers.watch(planned, spec, worker, input),
            spec.gatesOfCheckpoints(),
            candidates(planned),
            checkpoint -> scoreWhileTraining(planned, checkpoint));
    return workers.unlessKnown(
        planned,
        spec,
        store -> store.findFinetuned(input),
        found -> training.follow(() -> Workflow.newPromise(found)),
        () -> training.follow(() -> Async.function(worker::finetune, input)));
  }

  /** The steps that tell whether a checkpoint is good enough. */
  private List<Step> scoreWhileTraining(PlannedStep.Finetune planned, Checkpoint checkpoint) {
    Step training = steps.get(planned.id());
    List<Step> added = new ArrayList<>();
    for (Scoring scoring : plan.stopScorings(planned.model(), checkpoint.step())) {
      know(planned.model(), scoring);
      PlannedStep.Evaluate evaluate = new PlannedStep.Evaluate(scoring, planned.id());
      scored.put(evaluate.id(), checkpoint);
      added.add(
          score(
              evaluate,
              training,
              () -> scored.get(evaluate.id()).model(),
              (worker, input) -> score(planned, scored.get(evaluate.id()), worker, input)));
    }
    return added;
  }

  private Promise<Score> score(
      PlannedStep.Finetune planned, Checkpoint checkpoint, Steps scorer, EvaluateInput input) {
    if (!steps.get(planned.start()).hasResult()) {
      // Known from an earlier run of the workflow; what it was trained from is made again.
      return Async.function(scorer::evaluate, input);
    }
    return workers
        .watch(planned, spec, workers.of(planned, spec), input(planned))
        .score(checkpoint, scorer, input);
  }

  private void know(Finetuned model, Scoring scoring) {
    List<Scoring> known = checkpoints.computeIfAbsent(model, m -> new ArrayList<>());
    if (!known.contains(scoring)) {
      known.add(scoring);
    }
  }

  private boolean isGoodEnough(PlannedStep.Finetune planned) {
    return planned.gate() != null && !steps.get(planned.gate()).goes();
  }

  /** The merged model stands for the fine-tuned one: nothing was trained. */
  private Trained untrained(PlannedStep.Finetune planned, Artifact merged) {
    steps.get(planned.id()).note("not trained: " + steps.get(planned.gate()).note());
    return new Trained(new Steps.Finetuned(merged, List.of(), 0, 0, 0));
  }

  /** What checkpoints there are is known once the training is over; returns the scores' ids. */
  private Set<String> scoreCheckpoints(Finetuned model, Step finetuning) {
    Set<String> added = new LinkedHashSet<>();
    for (Checkpoint checkpoint : finetuning.finetuned().checkpoints()) {
      for (Scoring scoring : plan.checkpointScorings(model, checkpoint.step())) {
        know(model, scoring);
        PlannedStep.Evaluate evaluate = new PlannedStep.Evaluate(scoring, finetuning.id);
        if (isGivenUp(evaluate)) {
          // It was kept, and lost.
          scored.put(evaluate.id(), checkpoint);
        }
        added.add(score(evaluate, checkpoint::model).id);
      }
    }
    return added;
  }

  private boolean isGivenUp(PlannedStep.Evaluate planned) {
    return steps.has(planned.id()) && steps.get(planned.id()).isGivenUp();
  }

  private void publish(PlannedStep.Publish planned) {
    Step model = steps.get(planned.model());
    step(
        planned,
        (worker, context) ->
            Async.function(
                    worker::publish,
                    new PublishInput(context, model.model(), planned.to(), spec.publish()))
                .thenApply(Made::new));
  }

  private Step score(PlannedStep.Evaluate planned, Supplier<Artifact> model) {
    return score(planned, null, model, (worker, input) -> Async.function(worker::evaluate, input));
  }

  private Step score(
      PlannedStep.Evaluate planned,
      Step within,
      Supplier<Artifact> model,
      BiFunction<Steps, EvaluateInput, Promise<Score>> evaluate) {
    return step(
        planned,
        within,
        (worker, context) -> {
          EvaluateInput input =
              new EvaluateInput(
                  context, model.get(), planned.scoring().evaluation(), prepared().pins());
          return workers.unlessKnown(
              planned,
              spec,
              store -> store.findScore(input),
              found -> Workflow.newPromise(new Scored(found)),
              () -> evaluate.apply(worker, input).thenApply(Scored::new));
        });
  }

  private StepContext context(PlannedStep planned) {
    return new StepContext(spec.series(), planned.id(), spec.store());
  }

  private Step prepared() {
    return steps.get(PlannedStep.Prepare.ID);
  }

  private Step step(
      PlannedStep planned, BiFunction<Steps, StepContext, Promise<? extends StepResult>> work) {
    return step(planned, null, work);
  }

  /**
   * Adds a step.
   *
   * @param within the step that it is done in the middle of, or null
   */
  private Step step(
      PlannedStep planned,
      Step within,
      BiFunction<Steps, StepContext, Promise<? extends StepResult>> work) {
    String id = planned.id();
    Steps worker = workers.of(planned, spec);
    StepContext context = context(planned);
    List<Step> needs = new ArrayList<>(planned.needs().stream().map(steps::get).toList());
    plan.before(planned).forEach(before -> needs.add(steps.get(before)));
    if (planned.kind() == StepKind.FINETUNE || planned.kind() == StepKind.EVALUATE) {
      // Their tools are pinned. Mostly that is over when a model is there, but a corrected file
      // pins anew and keeps models.
      needs.add(prepared());
    }
    return steps.add(
        id,
        planned.kind(),
        needs,
        within,
        () -> {
          workers.begins(id, needs);
          return work.apply(worker, context);
        });
  }
}
