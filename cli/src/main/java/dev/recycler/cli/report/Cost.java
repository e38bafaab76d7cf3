package dev.recycler.cli.report;

import dev.recycler.workflows.progress.StepKind;

/**
 * What the steps of one kind took.
 *
 * @param planned how many the series has
 * @param done how many are done, those found in the store included
 * @param reused how many were found in the store
 * @param failed how many have failed for good
 * @param seconds wall time from the first start to the end of each step that did work, added up
 */
public record Cost(StepKind kind, int planned, int done, int reused, int failed, double seconds) {}
