package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ShardLayout.WeightFile;
import dev.recycler.activities.safetensors.TensorInfo;
import java.util.List;
import java.util.Map;

/**
 * Cuts the tensors of one file of the output, in the order of their bytes, into blocks. Not safe
 * for several threads.
 */
final class BlockCursor {
  /**
   * A run of elements of one tensor.
   *
   * @param file which weight file it belongs to
   * @param number its place in the order of that file's blocks
   * @param place where its tensor lies in that file
   * @param plan what is done to the tensor
   * @param first its first element
   * @param n its number of elements, 0 only for an empty tensor
   * @param endsFile whether it is the last of its file
   */
  record Block(
      int file,
      long number,
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

  private final int file;
  private final List<TensorInfo> tensors;
  private final Map<String, TensorPlan> plans;
  private final int blockBytes;
  private long bytesLeft;
  private long number;
  private int tensor;
  private long first;

  BlockCursor(int file, WeightFile of, Map<String, TensorPlan> plans, int blockBytes) {
    this.file = file;
    this.tensors = of.tensors();
    this.plans = plans;
    this.blockBytes = blockBytes;
    this.bytesLeft = of.bytes();
  }

  /** Whether all blocks were handed out. */
  boolean isAtEnd() {
    return tensor == tensors.size();
  }

  /** About how many bytes of the file were not handed out yet. */
  long bytesLeft() {
    return bytesLeft;
  }

  /** The next block, null after the last. */
  Block next() {
    if (isAtEnd()) {
      return null;
    }
    TensorInfo place = tensors.get(tensor);
    TensorPlan plan = plans.get(place.name());
    long elements = place.elements();
    int n = (int) Math.min(elements - first, blockBytes / widest(plan));
    boolean endsTensor = first + n == elements;
    boolean endsFile = endsTensor && tensor == tensors.size() - 1;
    var block = new Block(file, number++, place, plan, first, n, endsFile);
    bytesLeft -= block.bytes();
    first += n;
    if (endsTensor) {
      first = 0;
      tensor++;
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
