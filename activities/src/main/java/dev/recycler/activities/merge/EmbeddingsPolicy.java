package dev.recycler.activities.merge;

/** What is done where embeddings have different numbers of rows. */
public enum EmbeddingsPolicy {
  /**
   * Rows that only the fine-tuned model has (added tokens) are merged with rows of zeros, as the
   * paper's script does.
   */
  PAD,
  /** Refused. */
  STRICT,
  /** Only the rows that all three models have are kept. */
  TRUNCATE
}
