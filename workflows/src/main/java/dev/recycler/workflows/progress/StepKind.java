package dev.recycler.workflows.progress;

/** What a step does. */
public enum StepKind {
  PREPARE,
  FETCH,
  MERGE,
  FINETUNE,
  EVALUATE,
  /** Taken by the series itself, from scores, or by a person. */
  DECIDE,
  PUBLISH
}
