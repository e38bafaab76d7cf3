package dev.recycler.workflows.activity;

/** Who has to act when a step fails; its name is the type of the {@code ApplicationFailure}. */
public enum FailureKind {
  /** The user's mistake: never retried. */
  USER,
  /** The machine's: no space, no memory, lost host. Retried with back-off. */
  MACHINE,
  /** The tool's: it crashed or gave no result. Retried from its last checkpoint, bounded. */
  TOOL,
  /**
   * Nobody: what the step is made from is damaged or gone, and the step that made it is done again
   * first. The failure's first detail is its path.
   */
  INPUT
}
