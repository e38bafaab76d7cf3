package dev.recycler.activities;

import dev.recycler.activities.policy.Policy;
import dev.recycler.activities.policy.StepPolicy;
import dev.recycler.activities.step.MergeRoom;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.training.Trainings;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** The steps as Temporal sees them; each is held to the worker's policy before it does anything. */
public final class StepActivities implements Steps {
  private final StepPolicy policy;
  private final Step<SeriesSpec, Pins> prepare;
  private final Step<FetchInput, Artifact> fetch = new FetchStep(System.getenv(), home());
  private final Step<MergeInput, Artifact> merge;
  private final Trainings trainings;
  private final Step<PublishInput, Artifact> publish = new PublishStep(System.getenv(), home());
  private final Step<EvaluateInput, Score> evaluate;

  public StepActivities(
      ToolHome tools, FindOrMake store, Trainings trainings, Step<EvaluateInput, Score> evaluate) {
    this(tools, store, new MergeRoom(2, 0), trainings, evaluate, Policy.ofOwner());
  }

  /** Steps that are held to a policy, with merges that wait for room. */
  public StepActivities(
      ToolHome tools,
      FindOrMake store,
      MergeRoom room,
      Trainings trainings,
      Step<EvaluateInput, Score> evaluate,
      Policy policy) {
    this.policy = new StepPolicy(policy);
    this.prepare = new PrepareStep(tools);
    this.merge = new MergeStep(store, room);
    this.trainings = trainings;
    this.evaluate = evaluate;
  }

  @Override
  public Pins prepare(SeriesSpec spec) {
    StepContext context = new StepContext(spec.series(), "prepare", spec.store());
    return run(begin(StepKind.PREPARE, context), policy::check, prepare, spec, _ -> false);
  }

  @Override
  public Artifact fetch(FetchInput input) {
    return run(
        begin(StepKind.FETCH, input.context()),
        policy::check,
        (from, monitor) -> {
          Artifact model = fetch.run(from, monitor);
          policy.checkFetched(from, model);
          return model;
        },
        input,
        Artifact::reused);
  }

  @Override
  public Artifact merge(MergeInput input) {
    return run(
        begin(StepKind.MERGE, input.context()), policy::check, merge, input, Artifact::reused);
  }

  @Override
  public Finetuned finetune(FinetuneInput input) {
    return run(
        begin(StepKind.FINETUNE, input.context()),
        policy::check,
        trainings.finetune(),
        input,
        tuned -> tuned.model().reused());
  }

  @Override
  public Score evaluate(EvaluateInput input) {
    return run(
        begin(StepKind.EVALUATE, input.context()), policy::check, evaluate, input, Score::reused);
  }

  @Override
  public Finetuned findFinetuned(FinetuneInput input) {
    return run(
            StepAttempt.lookUp(StepKind.FINETUNE, input.context()),
            policy::check,
            trainings.finetune()::find,
            input,
            Optional::isPresent)
        .orElse(null);
  }

  @Override
  public Score findScore(EvaluateInput input) {
    return run(
            StepAttempt.lookUp(StepKind.EVALUATE, input.context()),
            policy::check,
            evaluate::find,
            input,
            Optional::isPresent)
        .orElse(null);
  }

  @Override
  public Checkpoint awaitCheckpoint(CheckpointInput input) {
    return run(
        StepAttempt.watch(input.training().context(), "checkpoint"),
        asked -> policy.checkPlaces(asked.training()),
        trainings.awaitCheckpoint(),
        input,
        _ -> false);
  }

  @Override
  public Checkpoint keepCheckpoint(KeepInput input) {
    return run(
        StepAttempt.beside(input.training().context(), "checkpoint"),
        asked -> policy.checkPlaces(asked.training()),
        trainings.keepCheckpoint(),
        input,
        _ -> false);
  }

  @Override
  public Finetuned stop(StopInput input) {
    return run(
        StepAttempt.beside(input.training().context(), "stop"),
        asked -> policy.checkPlaces(asked.training()),
        trainings.stop(),
        input,
        _ -> false);
  }

  @Override
  public Artifact publish(PublishInput input) {
    return run(
        begin(StepKind.PUBLISH, input.context()), policy::check, publish, input, Artifact::reused);
  }

  /** An attempt at a step, where nothing keeps it from beginning by now. */
  private static StepAttempt begin(StepKind kind, StepContext context) {
    LateStart.check(Activity.getExecutionContext(), context);
    return StepAttempt.of(kind, context);
  }

  /** Refuses what the policy does not allow. */
  @FunctionalInterface
  private interface Check<I> {
    void check(I input) throws IOException;
  }

  /**
   * An attempt at a step, once the policy allows its input.
   *
   * @param reused whether a result was there before
   */
  private static <I, O> O run(
      StepAttempt attempt, Check<I> policy, Step<I, O> step, I input, Predicate<O> reused) {
    return attempt.run(
        monitor -> {
          policy.check(input);
          return step.run(input, monitor);
        },
        reused);
  }

  /**
   * The user's home folder as every shell has it; Java alone would ask the user database, whatever
   * HOME says.
   */
  public static Path home() {
    return Path.of(System.getenv().getOrDefault("HOME", System.getProperty("user.home")));
  }
}
