package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ShardLayout.WeightFile;
import dev.recycler.activities.safetensors.TensorInfo;
import java.util.List;
import java.util.Map;

/**
 * Cuts the tensors of the output, file by file in the order of their bytes, into blocks. Not safe
 * for several threads.
 */
final class BlockCursor {
  /**
   * A run of elements of one tensor.
   *
   * @param number its place in the order of all blocks
   * @param file which weight file it belongs to
   * @param place where its tensor lies in that file
   * @param plan what is done to the tensor
   * @param first its first element
   * @param n its number of elements, 0 only for an empty tensor
   * @param endsFile whether it is the last of its file
   */
  record Block(
      long number,
      int file,
      TensorInfo place,
      TensorPlan plan,
      long first,
      int n,
      boolean endsFile) {
    long offset() {
      return first * plan.dtype().bytes();
    }

    long bytes() {
      return (long) n * plan.dtype().bytes();
    }
  }

  private final List<WeightFile> files;
  private final Map<String, TensorPlan> plans;
  private final int blockBytes;
  private long number;
  private int file;
  private int tensor;
  private long first;

  BlockCursor(List<WeightFile> files, Map<String, TensorPlan> plans, int blockBytes) {
    this.files = files;
    this.plans = plans;
    this.blockBytes = blockBytes;
  }

  /** The next block, null after the last. */
  Block next() {
    if (file == files.size()) {
      return null;
    }
    List<TensorInfo> tensors = files.get(file).tensors();
    TensorInfo place = tensors.get(tensor);
    TensorPlan plan = plans.get(place.name());
    long elements = place.elements();
    int n = (int) Math.min(elements - first, blockBytes / widest(plan));
    boolean endsTensor = first + n == elements;
    boolean endsFile = endsTensor && tensor == tensors.size() - 1;
    var block = new Block(number++, file, place, plan, first, n, endsFile);
    first += n;
    if (endsTensor) {
      first = 0;
      tensor++;
    }
    if (endsFile) {
      tensor = 0;
      file++;
    }
    return block;
  }

  /** Bytes of an element on the side where it is widest. */
  static int widest(TensorPlan plan) {
    int widest =
        Math.max(
            plan.dtype().bytes(), plan.target().map(Source::dtype).map(Dtype::bytes).orElse(0));
    return switch (plan.delta()) {
      case Delta.Subtracted(Source ft, Source b) ->
          Math.max(widest, Math.max(ft.dtype().bytes(), b.dtype().bytes()));
      case Delta.Stored(Source difference) -> Math.max(widest, difference.dtype().bytes());
      case Delta.LowRank lowRank ->
          Math.max(widest, lowRank.base().map(Source::dtype).map(Dtype::bytes).orElse(0));
      case Delta.None none -> widest;
    };
  }
}
