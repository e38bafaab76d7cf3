package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A tensor of an opened model. */
record Source(ModelFolder folder, TensorInfo tensor) {
  Dtype dtype() {
    return tensor.dtype();
  }

  /**
   * Reads {@code n} elements from element {@code first} on. Elements past the tensor's end are
   * zeros: the rows that padding adds.
   *
   * @return the bytes read from the file
   */
  long read(long first, int n, MemorySegment to) throws IOException {
    long width = dtype().bytes();
    long available = Math.clamp(tensor.bytes() - first * width, 0, n * width);
    if (available > 0) {
      folder.read(tensor, first * width, to.asSlice(0, available).asByteBuffer());
    }
    to.asSlice(available, n * width - available).fill((byte) 0);
    return available;
  }
}
