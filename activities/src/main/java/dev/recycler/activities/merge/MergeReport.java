package dev.recycler.activities.merge;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a merge did.
 *
 * @param outputs one for each scale, in the order asked for
 * @param tensors tensors in each output
 * @param values numbers in each output
 * @param bytesRead bytes of tensors read, once for all scales
 * @param seconds time it took, in all
 * @param kernels the arithmetic used, such as {@code vector-512} or {@code scalar}
 * @param padded names of the tensors whose rows were padded or cut
 * @param notes what the user should know: corrections of the config, tokenizers taken from
 *     elsewhere
 * @param analysis the measurements, where asked for
 */
public record MergeReport(
    List<Output> outputs,
    int tensors,
    long values,
    long bytesRead,
    double seconds,
    String kernels,
    List<String> padded,
    List<String> notes,
    Optional<Analysis> analysis) {
  public MergeReport {
    outputs = List.copyOf(outputs);
    padded = List.copyOf(padded);
    notes = List.copyOf(notes);
  }

  MergeReport withOutputs(List<Output> changed) {
    return new MergeReport(
        changed, tensors, values, bytesRead, seconds, kernels, padded, notes, analysis);
  }

  /**
   * One merged model.
   *
   * @param scale its λ
   * @param folder where it lies
   * @param files its files, without {@code recycler.json}
   */
  public record Output(double scale, Path folder, List<OutputFile> files) {
    public Output {
      files = List.copyOf(files);
    }

    /** Its size in bytes. */
    public long bytes() {
      return files.stream().mapToLong(OutputFile::bytes).sum();
    }
  }

  /**
   * A file that was written.
   *
   * @param name its path in the model's folder
   * @param bytes its size
   * @param sha256 the SHA-256 of its bytes, taken while they were written, in hex
   */
  public record OutputFile(String name, long bytes, String sha256) {}
}
