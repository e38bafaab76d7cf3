/**
 * Merges checkpoints: {@code target + scale · (finetuned − base)} for every tensor, in one pass, in
 * float64, with bounded memory.
 *
 * <p>{@link dev.recycler.activities.merge.MergeEngine} is the way in. Read on in this order: {@code
 * MergePlanner} (what is done to each tensor), {@code ScalarKernels} (the arithmetic, of which
 * {@code VectorKernels} is the fast form), {@code BlockPipeline} (threads, blocks and digests),
 * {@code StagedFolder} (how the output appears in one piece).
 */
package dev.recycler.activities.merge;
