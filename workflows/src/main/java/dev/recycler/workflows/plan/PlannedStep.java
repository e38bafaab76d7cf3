package dev.recycler.workflows.plan;

import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.progress.StepKind;
import java.util.List;
import java.util.stream.Stream;

/** One step of a series: what it makes and which steps it needs, by their ids. */
public sealed interface PlannedStep {
  /** E.g. {@code M3.iterative.finetune}. */
  String id();

  StepKind kind();

  /** The steps that come before it. */
  List<String> needs();

  /** Pins data and tools. */
  record Prepare() implements PlannedStep {
    /** The id of this step. */
    public static final String ID = "prepare";

    @Override
    public String id() {
      return ID;
    }

    @Override
    public StepKind kind() {
      return StepKind.PREPARE;
    }

    @Override
    public List<String> needs() {
      return List.of();
    }
  }

  /**
   * Makes a published model available.
   *
   * @param source where it is, as the series file says
   */
  record Fetch(String id, String source) implements PlannedStep {
    @Override
    public StepKind kind() {
      return StepKind.FETCH;
    }

    @Override
    public List<String> needs() {
      return List.of(Prepare.ID);
    }
  }

  /**
   * Makes a merged model from the models of three steps.
   *
   * @param target id of the step that makes the target
   * @param finetuned id of the step that makes the fine-tuned side
   * @param base id of the step that makes what it was tuned from
   */
  record Merge(String id, Model.Merged model, String target, String finetuned, String base)
      implements PlannedStep {
    @Override
    public StepKind kind() {
      return StepKind.MERGE;
    }

    @Override
    public List<String> needs() {
      return List.of(target, finetuned, base).stream().distinct().toList();
    }
  }

  /**
   * Takes the merged model with the best score.
   *
   * @param merges ids of the steps that make the candidates, in their order
   * @param scores ids of the steps that score them, in the same order
   */
  record Choose(String id, Model.Best model, List<String> merges, List<String> scores)
      implements PlannedStep {
    public Choose {
      merges = List.copyOf(merges);
      scores = List.copyOf(scores);
    }

    @Override
    public StepKind kind() {
      return StepKind.DECIDE;
    }

    @Override
    public List<String> needs() {
      return Stream.concat(merges.stream(), scores.stream()).toList();
    }
  }

  /**
   * Decides by scores whether a merged model is fine-tuned.
   *
   * @param model id of the step that makes it
   * @param scores ids of the steps that score it
   */
  record Gate(String id, String model, List<String> scores) implements PlannedStep {
    public Gate {
      scores = List.copyOf(scores);
    }

    @Override
    public StepKind kind() {
      return StepKind.DECIDE;
    }

    @Override
    public List<String> needs() {
      return Stream.concat(Stream.of(model), scores.stream()).toList();
    }
  }

  /**
   * Fine-tunes the model of a step.
   *
   * @param start id of the step that makes what training starts from
   * @param gate id of the step that decides whether it is trained, or null
   */
  record Finetune(String id, Model.Finetuned model, String start, String gate)
      implements PlannedStep {
    @Override
    public StepKind kind() {
      return StepKind.FINETUNE;
    }

    @Override
    public List<String> needs() {
      return gate == null ? List.of(start) : List.of(start, gate);
    }
  }

  /**
   * Scores the model of a step.
   *
   * @param model id of the step that makes it
   */
  record Evaluate(Scoring scoring, String model) implements PlannedStep {
    @Override
    public String id() {
      return scoring.step();
    }

    @Override
    public StepKind kind() {
      return StepKind.EVALUATE;
    }

    @Override
    public List<String> needs() {
      return List.of(model);
    }
  }

  /**
   * Publishes the model of a step, once it is scored.
   *
   * @param model id of the step that makes it
   * @param scores ids of the steps that score it
   * @param to where to
   */
  record Publish(String id, String model, List<String> scores, String to) implements PlannedStep {
    public Publish {
      scores = List.copyOf(scores);
    }

    @Override
    public StepKind kind() {
      return StepKind.PUBLISH;
    }

    @Override
    public List<String> needs() {
      return Stream.concat(Stream.of(model), scores.stream()).toList();
    }
  }
}
