package dev.recycler.workflows.plan;

import dev.recycler.workflows.model.Model;
import dev.recycler.workflows.progress.StepKind;
import java.util.List;

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
   * Fine-tunes the model of a step.
   *
   * @param start id of the step that makes what training starts from
   */
  record Finetune(String id, Model.Finetuned model, String start) implements PlannedStep {
    @Override
    public StepKind kind() {
      return StepKind.FINETUNE;
    }

    @Override
    public List<String> needs() {
      return List.of(start);
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
}
