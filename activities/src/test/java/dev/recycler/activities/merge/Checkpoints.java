package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads and compares the checkpoints of tests. */
final class Checkpoints {
  private Checkpoints() {}

  /** Names, dtypes, shapes and bits are equal; a NaN equals any NaN. */
  static void assertEqualModels(ModelFolder made, ModelFolder wanted) throws IOException {
    assertThat(made.tensors().keySet()).isEqualTo(wanted.tensors().keySet());
    for (TensorInfo expected : wanted.tensors().values()) {
      TensorInfo actual = made.tensors().get(expected.name());
      assertThat(actual.dtype()).as(expected.name()).isEqualTo(expected.dtype());
      assertThat(actual.shape()).as(expected.name()).isEqualTo(expected.shape());
      assertEqualValues(expected, bytes(made, actual), bytes(wanted, expected));
    }
  }

  private static void assertEqualValues(TensorInfo tensor, ByteBuffer made, ByteBuffer wanted) {
    for (int i = 0; i < tensor.elements(); i++) {
      long actual = bits(tensor.dtype(), made, i);
      long expected = bits(tensor.dtype(), wanted, i);
      if (actual != expected
          && !(Double.isNaN(value(tensor.dtype(), actual))
              && Double.isNaN(value(tensor.dtype(), expected)))) {
        throw new AssertionError(
            "%s[%d]: made %x (%s), wanted %x (%s)"
                .formatted(
                    tensor.name(),
                    i,
                    actual,
                    value(tensor.dtype(), actual),
                    expected,
                    value(tensor.dtype(), expected)));
      }
    }
  }

  /** All bytes of a tensor. */
  static ByteBuffer bytes(ModelFolder folder, TensorInfo tensor) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    folder.read(tensor, 0, bytes);
    return bytes.flip();
  }

  static long bits(Dtype dtype, ByteBuffer bytes, int index) {
    return switch (dtype.bytes()) {
      case 1 -> bytes.get(index) & 0xffL;
      case 2 -> bytes.getShort(2 * index) & 0xffffL;
      case 4 -> bytes.getInt(4 * index) & 0xffffffffL;
      default -> bytes.getLong(8 * index);
    };
  }

  static double value(Dtype dtype, long bits) {
    return switch (dtype) {
      case BF16 -> Float.intBitsToFloat((int) bits << 16);
      case F16 -> Float.float16ToFloat((short) bits);
      case F32 -> Float.intBitsToFloat((int) bits);
      case F64 -> Double.longBitsToDouble(bits);
      default -> bits;
    };
  }
}
