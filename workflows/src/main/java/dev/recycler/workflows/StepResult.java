package dev.recycler.workflows;

import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps;

/** What a step gave. */
sealed interface StepResult {
  /** Where the result lies, or null. */
  String path();

  /** Whether it was in the store already. */
  boolean reused();

  record Prepared(Pins pins) implements StepResult {
    @Override
    public String path() {
      return null;
    }

    @Override
    public boolean reused() {
      return false;
    }
  }

  record Made(Artifact artifact) implements StepResult {
    @Override
    public String path() {
      return artifact.path();
    }

    @Override
    public boolean reused() {
      return artifact.reused();
    }
  }

  record Trained(Steps.Finetuned finetuned) implements StepResult {
    @Override
    public String path() {
      return finetuned.model().path();
    }

    @Override
    public boolean reused() {
      return finetuned.model().reused();
    }
  }

  /**
   * What a gate decided.
   *
   * @param goes whether the fine-tuning behind the gate is done
   * @param why for a person
   */
  record Decided(boolean goes, String why) implements StepResult {
    @Override
    public String path() {
      return null;
    }

    @Override
    public boolean reused() {
      return false;
    }
  }

  record Scored(Steps.Score score) implements StepResult {
    @Override
    public String path() {
      return score.resultsFile();
    }

    @Override
    public boolean reused() {
      return score.reused();
    }
  }
}
