package dev.recycler.workflows;

import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.spec.SeriesSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The task queues by which steps are given to workers. Beside the queue of the series itself there
 * is one for each kind of work, so that a machine without GPUs can do the merges, and one for each
 * kind of work and label, so that a series can ask for certain machines.
 */
public final class TaskQueues {
  /** Kinds of work that need different machines. */
  public enum Work {
    /** Fetching and merging: disk and cores. */
    MERGE("merge"),
    /** Fine-tuning, and looking at what it is done with. */
    TRAIN("train"),
    /** Scoring. */
    EVALUATE("evaluate");

    private final String key;

    Work(String key) {
      this.key = key;
    }

    /** The word for it. */
    public String key() {
      return key;
    }
  }

  private TaskQueues() {}

  /**
   * The queue of a kind of work.
   *
   * @param series the queue of the series
   * @param label which workers are asked for, or null for any
   */
  public static String of(String series, Work work, String label) {
    return series + "-" + work.key() + (label == null ? "" : "@" + label);
  }

  /** The queue of a step; deciding needs none. */
  static String of(String series, PlannedStep step, SeriesSpec spec) {
    return switch (step) {
      case PlannedStep.Prepare _ -> preparing(series, spec);
      case PlannedStep.Fetch _,
          PlannedStep.Merge _,
          PlannedStep.Choose _,
          PlannedStep.Gate _,
          PlannedStep.Publish _ ->
          of(series, Work.MERGE, null);
      case PlannedStep.Finetune _ -> of(series, Work.TRAIN, spec.finetune().label());
      case PlannedStep.Evaluate evaluate ->
          of(series, Work.EVALUATE, evaluate.scoring().evaluation().label());
    };
  }

  /** For looking at a training's checkpoints: it must not wait for the training's place. */
  static String ofWatching(String series) {
    return of(series, Work.MERGE, null);
  }

  /** Tools are asked for their versions where they will run. */
  private static String preparing(String series, SeriesSpec spec) {
    if (spec.finetune() != null) {
      return of(series, Work.TRAIN, spec.finetune().label());
    }
    return spec.evaluate().stream()
        .findFirst()
        .map(evaluation -> of(series, Work.EVALUATE, evaluation.label()))
        .orElse(of(series, Work.MERGE, null));
  }

  /** Every queue that a series' steps are given to. */
  public static List<String> all(String series, SeriesSpec spec) {
    List<String> queues = new ArrayList<>();
    queues.add(of(series, Work.MERGE, null));
    queues.add(preparing(series, spec));
    spec.evaluate()
        .forEach(evaluation -> queues.add(of(series, Work.EVALUATE, evaluation.label())));
    return queues.stream().distinct().toList();
  }
}
