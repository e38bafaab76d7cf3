package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepState;

/**
 * What one step took.
 *
 * @param step its id
 * @param kind what it does
 * @param state how it stands
 * @param reused true where its result was in the store already: it cost this series nothing
 * @param wallSeconds from its start to its end, waiting for a free slot included, or null
 * @param toolSeconds the tool's own time, all attempts together, or null where there is no record
 * @param gpuSeconds devices times the tool's seconds, or null
 * @param gpuSecondsWasted those of them whose work had to be done again, or null
 * @param attempts how many times the tool was started, or null
 * @param bytes what the result takes on the disk, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepCost(
    String step,
    StepKind kind,
    StepState state,
    boolean reused,
    Double wallSeconds,
    Double toolSeconds,
    Double gpuSeconds,
    Double gpuSecondsWasted,
    Integer attempts,
    Long bytes) {}
