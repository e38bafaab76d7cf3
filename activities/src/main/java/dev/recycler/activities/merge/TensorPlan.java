package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ShardLayout;
import java.util.List;
import java.util.Optional;

/**
 * What is done to one tensor.
 *
 * @param name its name in the output
 * @param dtype its type in the output
 * @param shape its shape in the output
 * @param target the tensor that the difference is added to; absent where the difference itself is
 *     written
 * @param delta the difference
 * @param scales λ for each output
 */
record TensorPlan(
    String name,
    Dtype dtype,
    List<Long> shape,
    Optional<Source> target,
    Delta delta,
    List<Double> scales) {
  TensorPlan {
    shape = List.copyOf(shape);
    scales = List.copyOf(scales);
  }

  ShardLayout.Entry entry() {
    return new ShardLayout.Entry(name, dtype, shape);
  }

  long elements() {
    return entry().bytes() / dtype.bytes();
  }
}
