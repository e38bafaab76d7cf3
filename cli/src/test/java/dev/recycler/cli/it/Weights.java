package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Compares the weights of model folders, whatever files they lie in. */
final class Weights {
  private Weights() {}

  /** Names, dtypes, shapes and bits are equal; a NaN equals any NaN. */
  static void assertEqual(Path made, Path wanted) throws IOException {
    try (ModelFolder actual = ModelFolder.open(made);
        ModelFolder expected = ModelFolder.open(wanted)) {
      assertThat(actual.tensors().keySet()).isEqualTo(expected.tensors().keySet());
      for (TensorInfo tensor : expected.tensors().values()) {
        TensorInfo own = actual.tensors().get(tensor.name());
        assertThat(own.dtype()).as(tensor.name()).isEqualTo(tensor.dtype());
        assertThat(own.shape()).as(tensor.name()).isEqualTo(tensor.shape());
        assertEqual(tensor, bytes(actual, own), bytes(expected, tensor));
      }
    }
  }

  private static void assertEqual(TensorInfo tensor, ByteBuffer made, ByteBuffer wanted) {
    int width = tensor.dtype().bytes();
    for (int at = 0; at < wanted.capacity(); at += width) {
      boolean same = made.slice(at, width).equals(wanted.slice(at, width));
      if (!same && !(isNaN(tensor.dtype(), made, at) && isNaN(tensor.dtype(), wanted, at))) {
        throw new AssertionError("%s differs at value %d".formatted(tensor.name(), at / width));
      }
    }
  }

  private static boolean isNaN(Dtype dtype, ByteBuffer bytes, int at) {
    return switch (dtype) {
      case BF16 -> Float.isNaN(Float.intBitsToFloat(bytes.getShort(at) << 16));
      case F16 -> Float.isNaN(Float.float16ToFloat(bytes.getShort(at)));
      case F32 -> Float.isNaN(bytes.getFloat(at));
      case F64 -> Double.isNaN(bytes.getDouble(at));
      default -> false;
    };
  }

  private static ByteBuffer bytes(ModelFolder folder, TensorInfo tensor) throws IOException {
    var bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    folder.read(tensor, 0, bytes);
    return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
  }
}
