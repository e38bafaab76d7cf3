package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The specification of the arithmetic, one value at a time. */
final class ScalarKernels implements Kernels {
  static final ScalarKernels INSTANCE = new ScalarKernels();

  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final short NAN_BF16 = 0x7fc0;
  private static final short NAN_F16 = 0x7e00;

  private ScalarKernels() {}

  @Override
  public String name() {
    return "scalar";
  }

  static float fromBfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /**
   * Rounds to nearest even: half of the last kept bit is added, less one where that bit is even.
   */
  static short toBfloat16(float value) {
    if (Float.isNaN(value)) {
      return NAN_BF16;
    }
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  static short toFloat16(float value) {
    return Float.isNaN(value) ? NAN_F16 : Float.floatToFloat16(value);
  }

  static float canonical(float value) {
    return Float.isNaN(value) ? Float.NaN : value;
  }

  @Override
  public void load(Dtype dtype, MemorySegment from, long at, float[] to, int n) {
    load(dtype, from, at, to, 0, n);
  }

  /** Loads values {@code start} to {@code n}, those of a vector loop's tail. */
  static void load(Dtype dtype, MemorySegment from, long at, float[] to, int start, int n) {
    switch (dtype) {
      case BF16 -> {
        for (int i = start; i < n; i++) {
          to[i] = fromBfloat16(from.get(SHORT, at + 2L * i));
        }
      }
      case F16 -> {
        for (int i = start; i < n; i++) {
          to[i] = Float.float16ToFloat(from.get(SHORT, at + 2L * i));
        }
      }
      case F32 -> {
        for (int i = start; i < n; i++) {
          to[i] = from.get(FLOAT, at + 4L * i);
        }
      }
      default -> throw new IllegalArgumentException(dtype + " is not a narrow float");
    }
  }

  @Override
  public void store(float[] from, Dtype dtype, MemorySegment to, long at, int n) {
    store(from, dtype, to, at, 0, n);
  }

  static void store(float[] from, Dtype dtype, MemorySegment to, long at, int start, int n) {
    switch (dtype) {
      case BF16 -> {
        for (int i = start; i < n; i++) {
          to.set(SHORT, at + 2L * i, toBfloat16(from[i]));
        }
      }
      case F16 -> {
        for (int i = start; i < n; i++) {
          to.set(SHORT, at + 2L * i, toFloat16(from[i]));
        }
      }
      case F32 -> {
        for (int i = start; i < n; i++) {
          to.set(FLOAT, at + 4L * i, canonical(from[i]));
        }
      }
      default -> throw new IllegalArgumentException(dtype + " is not a narrow float");
    }
  }

  @Override
  public void loadWide(MemorySegment from, long at, double[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = from.get(DOUBLE, at + 8L * i);
    }
  }

  @Override
  public void storeWide(double[] from, MemorySegment to, long at, int n) {
    storeWide(from, to, at, 0, n);
  }

  static void storeWide(double[] from, MemorySegment to, long at, int start, int n) {
    for (int i = start; i < n; i++) {
      to.set(DOUBLE, at + 8L * i, Double.isNaN(from[i]) ? Double.NaN : from[i]);
    }
  }

  @Override
  public void widen(float[] from, double[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = from[i];
    }
  }

  @Override
  public void narrow(double[] from, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = (float) from[i];
    }
  }

  @Override
  public void roundToBfloat16(float[] values, int n) {
    roundToBfloat16(values, 0, n);
  }

  static void roundToBfloat16(float[] values, int start, int n) {
    for (int i = start; i < n; i++) {
      values[i] = fromBfloat16(toBfloat16(values[i]));
    }
  }

  @Override
  public void merge(
      float[] finetuned, float[] base, float[] target, double scale, float[] to, int n) {
    merge(finetuned, base, target, scale, to, 0, n);
  }

  static void merge(
      float[] finetuned, float[] base, float[] target, double scale, float[] to, int start, int n) {
    for (int i = start; i < n; i++) {
      to[i] = merged(finetuned[i], base[i], target[i], scale);
    }
  }

  private static float merged(float finetuned, float base, float target, double scale) {
    return (float) (target + ((double) finetuned - base) * scale);
  }

  @Override
  public void warmUp() {
    // Plain loops need none.
  }

  @Override
  public boolean fusesBfloat16() {
    return true;
  }

  @Override
  public void mergeBfloat16(
      MemorySegment finetuned,
      MemorySegment base,
      MemorySegment target,
      double scale,
      MemorySegment to,
      long at,
      int n) {
    mergeBfloat16(finetuned, base, target, scale, to, at, 0, n);
  }

  static void mergeBfloat16(
      MemorySegment finetuned,
      MemorySegment base,
      MemorySegment target,
      double scale,
      MemorySegment to,
      long at,
      int start,
      int n) {
    for (int i = start; i < n; i++) {
      long offset = at + 2L * i;
      float value =
          merged(
              fromBfloat16(finetuned.get(SHORT, offset)),
              fromBfloat16(base.get(SHORT, offset)),
              fromBfloat16(target.get(SHORT, offset)),
              scale);
      to.set(SHORT, offset, toBfloat16(value));
    }
  }

  @Override
  public void subtract(float[] finetuned, float[] base, double[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = (double) finetuned[i] - base[i];
    }
  }

  @Override
  public void subtractWide(double[] finetuned, double[] base, double[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = finetuned[i] - base[i];
    }
  }

  @Override
  public void addScaled(float[] target, double[] delta, double scale, float[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = (float) (target[i] + delta[i] * scale);
    }
  }

  @Override
  public void addScaledWide(double[] target, double[] delta, double scale, double[] to, int n) {
    for (int i = 0; i < n; i++) {
      to[i] = target[i] + delta[i] * scale;
    }
  }

  @Override
  public void accumulate(double factor, float[] row, int from, double[] sum, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += factor * row[from + i];
    }
  }

  @Override
  public void multiply(double[] values, double factor, int n) {
    for (int i = 0; i < n; i++) {
      values[i] *= factor;
    }
  }
}
