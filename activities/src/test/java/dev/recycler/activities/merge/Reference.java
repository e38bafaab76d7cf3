package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The arithmetic of a merge written down a second time, for tests: one value at a time, and the
 * roundings by searching for the nearest value instead of by shifting bits.
 */
final class Reference {
  private Reference() {}

  /** {@code target + scale · (finetuned − base)} as bits of the output's dtype. */
  static long merged(double finetuned, double base, double target, double scale, Dtype output) {
    double delta = finetuned - base;
    if (scale != 1) {
      delta = delta * scale;
    }
    return toBits(target + delta, output);
  }

  static double fromBits(long bits, Dtype dtype) {
    return Checkpoints.value(dtype, bits);
  }

  /** A value as it is after loading as bfloat16. */
  static double throughBfloat16(double value) {
    return fromBits(toBits(value, Dtype.BF16), Dtype.BF16);
  }

  static long toBits(double value, Dtype dtype) {
    return switch (dtype) {
      case F64 -> Double.isNaN(value) ? 0x7ff8000000000000L : Double.doubleToRawLongBits(value);
      case F32 -> single(value) & 0xffffffffL;
      case BF16 ->
          Double.isNaN(value) ? 0x7fc0 : nearest(Float.intBitsToFloat(single(value)), dtype);
      case F16 ->
          Double.isNaN(value) ? 0x7e00 : nearest(Float.intBitsToFloat(single(value)), dtype);
      default -> throw new IllegalArgumentException(dtype.toString());
    };
  }

  private static int single(double value) {
    return Double.isNaN(value) ? 0x7fc00000 : Float.floatToRawIntBits((float) value);
  }

  /** The nearest 16-bit value by exact decimal distance; of two the one with the even last bit. */
  private static long nearest(float value, Dtype dtype) {
    int infinity = dtype == Dtype.BF16 ? 0x7f80 : 0x7c00;
    long sign = Float.floatToRawIntBits(value) < 0 ? 0x8000 : 0;
    float size = Math.abs(value);
    if (Float.isInfinite(size)) {
      return sign | infinity;
    }
    int low = 0;
    int high = infinity;
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (fromBits(middle, dtype) <= size) {
        low = middle;
      } else {
        high = middle;
      }
    }
    BigDecimal below = new BigDecimal(fromBits(low, dtype));
    // Past the largest value the next step of the same size takes infinity's place.
    BigDecimal above =
        high == infinity
            ? below.add(below.subtract(new BigDecimal(fromBits(low - 1, dtype))))
            : new BigDecimal(fromBits(high, dtype));
    BigDecimal exact = new BigDecimal(size, MathContext.UNLIMITED);
    int order = exact.subtract(below).compareTo(above.subtract(exact));
    boolean up = order > 0 || (order == 0 && low % 2 == 1);
    return sign | (up ? high : low);
  }
}
