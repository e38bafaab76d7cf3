package dev.recycler.activities.safetensors;

import java.util.List;

/**
 * A tensor of a checkpoint, as its header declares it and as it was checked against the file.
 *
 * @param name its name
 * @param dtype its element type
 * @param shape its dimensions, outermost first; empty for a scalar
 * @param offset bytes from the start of the file to its first element
 * @param bytes its size, which is elements × bits of the dtype
 */
public record TensorInfo(String name, Dtype dtype, List<Long> shape, long offset, long bytes) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** The number of its elements: the product of its dimensions, 1 for a scalar. */
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }
}
