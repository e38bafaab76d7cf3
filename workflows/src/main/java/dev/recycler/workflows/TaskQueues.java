package dev.recycler.workflows;

import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.spec.SeriesSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The task queues by which steps are given to workers. Beside the queue of the series itself there
 * is one for each kind of work, so that a machine without GPUs can do the merges, and one for each
 * kind of work and label, so that a series can ask for certain machines.
 *
 * <p>A worker takes no more of the steps that use devices than it has devices. What needs the same
 * machines and none of their devices — a look into the store, say — is given to a second queue
 * aside, where it waits behind nobody.
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

  /**
   * The queue for what needs the machines of a kind of work and none of their devices.
   *
   * @param series the queue of the series
   * @param label which workers are asked for, or null for any
   */
  public static String aside(String series, Work work, String label) {
    // Merges use no devices.
    return work == Work.MERGE
        ? of(series, work, label)
        : series + "-" + work.key() + "-aside" + (label == null ? "" : "@" + label);
  }

  /** The queue of a step; deciding needs none. */
  static String of(String series, PlannedStep step, SeriesSpec spec) {
    Machines machines = machines(step, spec);
    return of(series, machines.work(), machines.label());
  }

  /** The queue for what a step needs no device for. */
  static String aside(String series, PlannedStep step, SeriesSpec spec) {
    Machines machines = machines(step, spec);
    return aside(series, machines.work(), machines.label());
  }

  /**
   * The workers that can do a step.
   *
   * @param label what they must have, or null
   */
  private record Machines(Work work, String label) {
    static final Machines ANY = new Machines(Work.MERGE, null);
  }

  private static Machines machines(PlannedStep step, SeriesSpec spec) {
    return switch (step) {
      case PlannedStep.Prepare _ -> preparing(spec);
      case PlannedStep.Fetch _,
          PlannedStep.Merge _,
          PlannedStep.Choose _,
          PlannedStep.Gate _,
          PlannedStep.Publish _ ->
          Machines.ANY;
      case PlannedStep.Finetune _ -> new Machines(Work.TRAIN, spec.finetune().label());
      case PlannedStep.Evaluate evaluate ->
          new Machines(Work.EVALUATE, evaluate.scoring().evaluation().label());
    };
  }

  /** Where series that began before there were queues aside look at a training's checkpoints. */
  static String ofWatching(String series) {
    return of(series, Work.MERGE, null);
  }

  /** Tools are asked for their versions where they will run. */
  private static Machines preparing(SeriesSpec spec) {
    if (spec.finetune() != null) {
      return new Machines(Work.TRAIN, spec.finetune().label());
    }
    return spec.evaluate().stream()
        .findFirst()
        .map(evaluation -> new Machines(Work.EVALUATE, evaluation.label()))
        .orElse(Machines.ANY);
  }

  /** Every queue that a series' steps wait in for workers; those aside have the same workers. */
  public static List<String> all(String series, SeriesSpec spec) {
    List<String> queues = new ArrayList<>();
    queues.add(of(series, Work.MERGE, null));
    Machines preparing = preparing(spec);
    queues.add(of(series, preparing.work(), preparing.label()));
    spec.evaluate()
        .forEach(evaluation -> queues.add(of(series, Work.EVALUATE, evaluation.label())));
    return queues.stream().distinct().toList();
  }
}
