package dev.recycler.activities.merge;

import java.util.List;

/**
 * What a merge would do.
 *
 * @param tensors tensors in each output
 * @param merged how many of them get a difference
 * @param values numbers in each output
 * @param bytesToMove bytes to be read and written in all
 * @param outputBytes bytes of weights in each output
 * @param files names of the weight files of each output
 * @param kernels the arithmetic that would be used
 * @param padded names of the tensors whose rows would be padded or cut
 * @param notes what the user should know
 */
public record MergePreview(
    int tensors,
    int merged,
    long values,
    long bytesToMove,
    long outputBytes,
    List<String> files,
    String kernels,
    List<String> padded,
    List<String> notes) {
  public MergePreview {
    files = List.copyOf(files);
    padded = List.copyOf(padded);
    notes = List.copyOf(notes);
  }
}
