package dev.recycler.workflows.spec;

/**
 * How much of a series {@code recycler gc} leaves in the store when it is over. What is pinned
 * stays in any case, and optimizer states go by themselves when a training is finished.
 *
 * @param merged of how many of the newest releases the merged models stay; those of the others can
 *     be made again from what they were made of
 */
public record KeepSpec(int merged) {
  public KeepSpec {
    if (merged < 0) {
      throw new IllegalArgumentException("merged models of " + merged + " releases");
    }
  }
}
