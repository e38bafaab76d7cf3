package dev.recycler.cli.drill;

import dev.recycler.cli.drill.tool.Arithmetic;
import dev.recycler.cli.drill.tool.TinyModel;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.plan.Scoring;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an undisturbed run gives: every model by the step that makes it, and every score. With the
 * drill's own tools it is computed here, without any of the product's own merging, training,
 * storing or remembering; with real ones there was such a run ({@link RealReference}).
 *
 * @param models weights of each merged and fine-tuned model, by step
 * @param checkpoints weights of each checkpoint, by {@code STEP@N}
 * @param scores by step
 * @param checkpointScores steps of the scores of each checkpoint, by {@code STEP@N}
 * @param trainedSteps optimizer steps of each fine-tuning, by step
 */
record Expected(
    Map<String, KnownModel> models,
    Map<String, KnownModel> checkpoints,
    Map<String, Double> scores,
    Map<String, List<String>> checkpointScores,
    Map<String, Long> trainedSteps) {

  /**
   * Computes it.
   *
   * @param spec the series with all its releases
   */
  static Expected of(SeriesSpec spec, StandInShape shape) throws IOException {
    Plan plan = Plan.of(spec);
    long data = Arithmetic.data(Files.readAllBytes(Path.of(spec.finetune().data())));
    Map<String, TinyModel> all = new LinkedHashMap<>();
    Expected expected =
        new Expected(
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>());
    for (PlannedStep step : plan.steps()) {
      switch (step) {
        case PlannedStep.Prepare _ -> {}
        case PlannedStep.Fetch fetch ->
            all.put(fetch.id(), TinyModel.read(Path.of(fetch.source())));
        case PlannedStep.Merge merge -> {
          TinyModel merged =
              Arithmetic.merge(
                  all.get(merge.target()),
                  all.get(merge.finetuned()),
                  all.get(merge.base()),
                  merge.model().scale());
          all.put(merge.id(), merged);
          expected.models.put(merge.id(), new KnownModel.Computed(merged));
        }
        case PlannedStep.Finetune finetune -> expected.finetune(finetune, all, plan, shape, data);
        case PlannedStep.Evaluate evaluate ->
            expected.score(evaluate.scoring(), all.get(evaluate.model()));
        case PlannedStep.Choose _, PlannedStep.Gate _, PlannedStep.Publish _ ->
            throw new IllegalStateException("the drill's series decide and publish nothing");
      }
    }
    return expected;
  }

  private void finetune(
      PlannedStep.Finetune step,
      Map<String, TinyModel> all,
      Plan plan,
      StandInShape shape,
      long data) {
    long total = (long) shape.steps() * step.model().times();
    Arithmetic.State state = Arithmetic.State.start(all.get(step.start()));
    while (state.step() < total) {
      state = Arithmetic.step(state, data);
      if (state.step() % shape.saveEvery() == 0 && state.step() < total) {
        String checkpoint = step.id() + "@" + state.step();
        checkpoints.put(checkpoint, new KnownModel.Computed(state.model()));
        List<String> scored = new ArrayList<>();
        for (Scoring scoring : plan.checkpointScorings(step.model(), state.step())) {
          score(scoring, state.model());
          scored.add(scoring.step());
        }
        checkpointScores.put(checkpoint, scored);
      }
    }
    all.put(step.id(), state.model());
    models.put(step.id(), new KnownModel.Computed(state.model()));
    trainedSteps.put(step.id(), total);
  }

  private void score(Scoring scoring, TinyModel model) {
    scores.put(scoring.step(), Arithmetic.score(model, scoring.evaluation().task()));
  }

  /** What is left where checkpoints, {@code STEP@N}, were damaged and the series says so. */
  Expected without(Set<String> damaged) {
    Map<String, KnownModel> left = new LinkedHashMap<>(checkpoints);
    Map<String, Double> leftScores = new LinkedHashMap<>(scores);
    for (String checkpoint : damaged) {
      left.remove(checkpoint);
      checkpointScores.getOrDefault(checkpoint, List.of()).forEach(leftScores::remove);
    }
    return new Expected(models, left, leftScores, checkpointScores, trainedSteps);
  }

  /** Steps of all trainers together. */
  long steps() {
    return trainedSteps.values().stream().mapToLong(Long::longValue).sum();
  }
}
