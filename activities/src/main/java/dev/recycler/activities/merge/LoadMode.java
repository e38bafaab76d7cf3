package dev.recycler.activities.merge;

/** How values are taken from the input files. */
public enum LoadMode {
  /** As they are stored. */
  STORED,
  /** Rounded to bfloat16 first, as the paper's script loads its models. */
  BFLOAT16
}
