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
import java.nio.file.Path;

/** The steps as Temporal sees them; each is held to the worker's policy before it does anything. */
public final class StepActivities implements Steps {
  private final StepPolicy policy;
  private final Step<SeriesSpec, Pins> prepare;
  private final Step<FetchInput, Artifact> fetch = new FetchStep(System.getenv(), home());
  private final Step<MergeInput, Artifact> merge;
  private final Trainings trainings;
  private final Step<PublishInput, Artifact> publish;
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
    this.publish = new PublishStep(System.getenv(), home());
    this.evaluate = evaluate;
  }

  @Override
  public Pins prepare(SeriesSpec spec) {
    StepContext context = new StepContext(spec.series(), "prepare", spec.store());
    return StepAttempt.of(StepKind.PREPARE, context)
        .run(
            monitor -> {
              policy.check(spec);
              return prepare.run(spec, monitor);
            },
            _ -> false);
  }

  @Override
  public Artifact fetch(FetchInput input) {
    return StepAttempt.of(StepKind.FETCH, input.context())
        .run(
            monitor -> {
              policy.check(input);
              Artifact model = fetch.run(input, monitor);
              policy.checkFetched(input, model);
              return model;
            },
            Artifact::reused);
  }

  @Override
  public Artifact merge(MergeInput input) {
    return StepAttempt.of(StepKind.MERGE, input.context())
        .run(
            monitor -> {
              policy.check(input);
              return merge.run(input, monitor);
            },
            Artifact::reused);
  }

  @Override
  public Finetuned finetune(FinetuneInput input) {
    return StepAttempt.of(StepKind.FINETUNE, input.context())
        .run(
            monitor -> {
              policy.check(input);
              return trainings.finetune().run(input, monitor);
            },
            tuned -> tuned.model().reused());
  }

  @Override
  public Score evaluate(EvaluateInput input) {
    return StepAttempt.of(StepKind.EVALUATE, input.context())
        .run(
            monitor -> {
              policy.check(input);
              return evaluate.run(input, monitor);
            },
            Score::reused);
  }

  @Override
  public Checkpoint awaitCheckpoint(CheckpointInput input) {
    StepContext training = input.training().context();
    var context =
        new StepContext(
            training.series(), training.step() + ", its checkpoints,", training.store());
    return StepAttempt.of(StepKind.FINETUNE, context)
        .run(
            monitor -> {
              policy.check(input.training());
              return trainings.awaitCheckpoint().run(input, monitor);
            },
            _ -> false);
  }

  @Override
  public Finetuned stop(StopInput input) {
    return StepAttempt.of(StepKind.FINETUNE, input.training().context())
        .run(
            monitor -> {
              policy.check(input.training());
              return trainings.stop().run(input, monitor);
            },
            tuned -> tuned.model().reused());
  }

  @Override
  public Artifact publish(PublishInput input) {
    return StepAttempt.of(StepKind.PUBLISH, input.context())
        .run(
            monitor -> {
              policy.check(input);
              return publish.run(input, monitor);
            },
            Artifact::reused);
  }

  /**
   * The user's home folder as every shell has it; Java alone would ask the user database, whatever
   * HOME says.
   */
  public static Path home() {
    return Path.of(System.getenv().getOrDefault("HOME", System.getProperty("user.home")));
  }
}
