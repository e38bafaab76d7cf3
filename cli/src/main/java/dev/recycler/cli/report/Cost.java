package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.cli.terminal.Sizes;
import dev.recycler.workflows.progress.StepKind;

/**
 * What the steps of one kind took.
 *
 * @param planned how many the series has
 * @param done how many are done, those found in the store included
 * @param reused how many were found in the store
 * @param failed how many have failed for good
 * @param seconds wall time from the first start to the end of each step that did work, added up
 * @param gpuSeconds devices times the tools' seconds, of the steps that did work, or null where no
 *     record can be read
 * @param gpuSecondsWasted those of them whose work had to be done again, or null
 * @param bytes what the results take on the disk, those found in the store included, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Cost(
    StepKind kind,
    int planned,
    int done,
    int reused,
    int failed,
    double seconds,
    Double gpuSeconds,
    Double gpuSecondsWasted,
    Long bytes) {
  /** The cost as the records tell it, e.g. {@code 1.3 GPU-hours (0.2 wasted), 4.4 GiB}. */
  String recorded() {
    String hours =
        gpuSeconds == null || gpuSeconds == 0 ? "" : GpuHours.of(gpuSeconds) + " GPU-hours";
    String wasted =
        gpuSecondsWasted == null || gpuSecondsWasted == 0
            ? ""
            : " (" + GpuHours.of(gpuSecondsWasted) + " wasted)";
    String disk = bytes == null ? "" : size();
    return hours + wasted + (hours.isEmpty() || disk.isEmpty() ? "" : ", ") + disk;
  }

  /** The disk in binary units, or an empty text. */
  String size() {
    return bytes == null ? "" : Sizes.of(bytes);
  }
}
