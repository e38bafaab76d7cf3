package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The arithmetic with vectors as wide as the machine's. Bit for bit that of {@link ScalarKernels},
 * whose loops also take the tails: sums and products are never fused, and every rounding follows
 * the same rule.
 */
final class VectorKernels implements Kernels {
  static final VectorKernels INSTANCE = new VectorKernels();

  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

  // Full-width ints and floats with shorts of half the width; full-width doubles with floats of
  // half
  // the width: no conversion changes the number of lanes, so none needs parts.
  private static final VectorShape WIDE = VectorShape.preferredShape();
  private static final VectorShape HALF = VectorShape.forBitSize(WIDE.vectorBitSize() / 2);
  private static final VectorSpecies<Double> D = WIDE.withLanes(double.class);
  private static final VectorSpecies<Float> F_OF_D = HALF.withLanes(float.class);
  private static final VectorSpecies<Integer> I = WIDE.withLanes(int.class);
  private static final VectorSpecies<Float> F = WIDE.withLanes(float.class);
  private static final VectorSpecies<Short> S = HALF.withLanes(short.class);
  private static final int DOUBLES = D.length();
  private static final int FLOATS = F.length();

  // A quarter-width short vector, with as many lanes as there are doubles; vectors have 64 bits at
  // least, so at 128 bits there is none, and brain floats take the way through arrays.
  private static final boolean FUSED = WIDE.vectorBitSize() >= 256;
  private static final VectorShape QUARTER =
      FUSED ? VectorShape.forBitSize(WIDE.vectorBitSize() / 4) : HALF;
  private static final VectorSpecies<Short> S_OF_D = QUARTER.withLanes(short.class);
  private static final VectorSpecies<Integer> I_OF_D = HALF.withLanes(int.class);

  // More than the launcher's options have the compiler wait for.
  private static final int WARM_UP_RUNS = 200;

  /**
   * All memory, as a constant: the compiler then knows what it loads from, whatever it has seen
   * before, where a parameter's class is a guess that costs calls for each vector when it fails.
   * {@link #address} keeps every access within a living segment.
   */
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final int NAN_BF16 = 0x7fc0;
  private static final int NAN_F16 = 0x7e00;

  private VectorKernels() {}

  @Override
  public String name() {
    return "vector-" + WIDE.vectorBitSize();
  }

  @Override
  public void load(Dtype dtype, MemorySegment from, long at, float[] to, int n) {
    int bound = F.loopBound(n);
    long start = address(from, at, (long) dtype.bytes() * n);
    switch (dtype) {
      case BF16 -> {
        for (int i = 0; i < bound; i += FLOATS) {
          widenBfloat16(ShortVector.fromMemorySegment(S, MEMORY, start + 2L * i, LITTLE))
              .intoArray(to, i);
        }
      }
      case F16 -> {
        for (int i = 0; i < bound; i += FLOATS) {
          widenFloat16(ShortVector.fromMemorySegment(S, MEMORY, start + 2L * i, LITTLE))
              .intoArray(to, i);
        }
      }
      case F32 -> {
        for (int i = 0; i < bound; i += FLOATS) {
          FloatVector.fromMemorySegment(F, MEMORY, start + 4L * i, LITTLE).intoArray(to, i);
        }
      }
      default -> throw new IllegalArgumentException(dtype + " is not a narrow float");
    }
    ScalarKernels.load(dtype, from, at, to, bound, n);
  }

  /** Where {@code bytes} bytes at {@code at} begin, once they are known to be there. */
  private static long address(MemorySegment segment, long at, long bytes) {
    Objects.checkFromIndexSize(at, bytes, segment.byteSize());
    if (!segment.isNative() || !segment.scope().isAlive()) {
      throw new IllegalArgumentException("vectors need living memory outside the heap");
    }
    return segment.address() + at;
  }

  private static FloatVector widenBfloat16(ShortVector bits) {
    return ints(bits).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static IntVector ints(ShortVector bits) {
    return (IntVector) bits.convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0);
  }

  /**
   * Moves exponent and fraction into a float's places, which makes the exponent 112 too small, and
   * multiplies by 2^112: exact, subnormals included. What came out at 65536 or above was infinite
   * or NaN and gets the float's largest exponent.
   */
  private static FloatVector widenFloat16(ShortVector bits) {
    IntVector h = ints(bits);
    IntVector sign = h.and(0x8000).lanewise(VectorOperators.LSHL, 16);
    FloatVector magnitude =
        h.and(0x7fff).lanewise(VectorOperators.LSHL, 13).reinterpretAsFloats().mul(0x1p112f);
    VectorMask<Float> special = magnitude.compare(VectorOperators.GE, 65536f);
    IntVector result = magnitude.reinterpretAsInts();
    return result
        .lanewise(VectorOperators.OR, 0x7f800000, special.cast(I))
        .or(sign)
        .reinterpretAsFloats();
  }

  @Override
  public void store(float[] from, Dtype dtype, MemorySegment to, long at, int n) {
    int bound = F.loopBound(n);
    long start = address(to, at, (long) dtype.bytes() * n);
    switch (dtype) {
      case BF16 -> {
        for (int i = 0; i < bound; i += FLOATS) {
          shorts(roundBfloat16(FloatVector.fromArray(F, from, i)))
              .intoMemorySegment(MEMORY, start + 2L * i, LITTLE);
        }
      }
      case F16 -> {
        for (int i = 0; i < bound; i += FLOATS) {
          shorts(roundFloat16(FloatVector.fromArray(F, from, i)))
              .intoMemorySegment(MEMORY, start + 2L * i, LITTLE);
        }
      }
      case F32 -> {
        for (int i = 0; i < bound; i += FLOATS) {
          FloatVector values = FloatVector.fromArray(F, from, i);
          values
              .blend(Float.NaN, values.test(VectorOperators.IS_NAN))
              .intoMemorySegment(MEMORY, start + 4L * i, LITTLE);
        }
      }
      default -> throw new IllegalArgumentException(dtype + " is not a narrow float");
    }
    ScalarKernels.store(from, dtype, to, at, bound, n);
  }

  private static ShortVector shorts(IntVector bits) {
    return (ShortVector) bits.convertShape(VectorOperators.I2S, S, 0);
  }

  /** The bits of the nearest bfloat16, ties to even, in the low half of each lane. */
  private static IntVector roundBfloat16(FloatVector values) {
    IntVector bits = values.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    return bits.add(0x7fff)
        .add(odd)
        .lanewise(VectorOperators.LSHR, 16)
        .blend(NAN_BF16, values.test(VectorOperators.IS_NAN).cast(bits.species()));
  }

  /**
   * The bits of the nearest float16, ties to even. Below 2^−14 the sum with ½ rounds at 2^−24, the
   * step of float16's subnormals; above, half of the last kept bit is added, less one where it is
   * even.
   */
  private static IntVector roundFloat16(FloatVector values) {
    IntVector bits = values.reinterpretAsInts();
    IntVector sign = bits.lanewise(VectorOperators.LSHR, 16).and(0x8000);
    IntVector absolute = bits.and(0x7fffffff);
    IntVector odd = absolute.lanewise(VectorOperators.LSHR, 13).and(1);
    IntVector normal =
        absolute.sub(112 << 23).add(0xfff).add(odd).lanewise(VectorOperators.LSHR, 13);
    IntVector subnormal =
        absolute.reinterpretAsFloats().add(0.5f).reinterpretAsInts().sub(0x3f000000);
    IntVector result =
        normal
            .blend(subnormal, absolute.compare(VectorOperators.LT, 113 << 23))
            .blend(0x7c00, absolute.compare(VectorOperators.GE, 0x477ff000))
            .or(sign);
    return result.blend(NAN_F16, values.test(VectorOperators.IS_NAN).cast(I));
  }

  @Override
  public void loadWide(MemorySegment from, long at, double[] to, int n) {
    MemorySegment.copy(from, ScalarKernels.DOUBLE, at, to, 0, n);
  }

  @Override
  public void storeWide(double[] from, MemorySegment to, long at, int n) {
    int bound = D.loopBound(n);
    long start = address(to, at, 8L * n);
    for (int i = 0; i < bound; i += DOUBLES) {
      DoubleVector values = DoubleVector.fromArray(D, from, i);
      values
          .blend(Double.NaN, values.test(VectorOperators.IS_NAN))
          .intoMemorySegment(MEMORY, start + 8L * i, LITTLE);
    }
    ScalarKernels.storeWide(from, to, at, bound, n);
  }

  private static DoubleVector widen(float[] from, int i) {
    return (DoubleVector)
        FloatVector.fromArray(F_OF_D, from, i).convertShape(VectorOperators.F2D, D, 0);
  }

  private static FloatVector narrow(DoubleVector values) {
    return (FloatVector) values.convertShape(VectorOperators.D2F, F_OF_D, 0);
  }

  @Override
  public void widen(float[] from, double[] to, int n) {
    int i = 0;
    for (; i < D.loopBound(n); i += DOUBLES) {
      widen(from, i).intoArray(to, i);
    }
    for (; i < n; i++) {
      to[i] = from[i];
    }
  }

  @Override
  public void narrow(double[] from, float[] to, int n) {
    int i = 0;
    for (; i < D.loopBound(n); i += DOUBLES) {
      narrow(DoubleVector.fromArray(D, from, i)).intoArray(to, i);
    }
    for (; i < n; i++) {
      to[i] = (float) from[i];
    }
  }

  @Override
  public void roundToBfloat16(float[] values, int n) {
    int bound = F.loopBound(n);
    for (int i = 0; i < bound; i += FLOATS) {
      roundBfloat16(FloatVector.fromArray(F, values, i))
          .lanewise(VectorOperators.LSHL, 16)
          .reinterpretAsFloats()
          .intoArray(values, i);
    }
    ScalarKernels.roundToBfloat16(values, bound, n);
  }

  @Override
  public void merge(
      float[] finetuned, float[] base, float[] target, double scale, float[] to, int n) {
    int bound = D.loopBound(n);
    for (int i = 0; i < bound; i += DOUBLES) {
      DoubleVector delta = widen(finetuned, i).sub(widen(base, i));
      narrow(widen(target, i).add(delta.mul(scale))).intoArray(to, i);
    }
    ScalarKernels.merge(finetuned, base, target, scale, to, bound, n);
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
    int bound = FUSED ? D.loopBound(n) : 0;
    long one = address(finetuned, at, 2L * n);
    long other = address(base, at, 2L * n);
    long third = address(target, at, 2L * n);
    long result = address(to, at, 2L * n);
    for (int i = 0; i < bound; i += DOUBLES) {
      long offset = 2L * i;
      DoubleVector delta = doubles(one + offset).sub(doubles(other + offset));
      FloatVector sum = narrow(doubles(third + offset).add(delta.mul(scale)));
      ((ShortVector) roundBfloat16(sum).convertShape(VectorOperators.I2S, S_OF_D, 0))
          .intoMemorySegment(MEMORY, result + offset, LITTLE);
    }
    ScalarKernels.mergeBfloat16(finetuned, base, target, scale, to, at, bound, n);
  }

  @Override
  public void warmUp() {
    int n = DOUBLES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate(2L * n);
      for (int i = 0; i < WARM_UP_RUNS; i++) {
        mergeBfloat16(values, values, values, 1, values, 0, n);
      }
    }
  }

  private static DoubleVector doubles(long address) {
    IntVector bits =
        (IntVector)
            ShortVector.fromMemorySegment(S_OF_D, MEMORY, address, LITTLE)
                .convertShape(VectorOperators.ZERO_EXTEND_S2I, I_OF_D, 0);
    return (DoubleVector)
        bits.lanewise(VectorOperators.LSHL, 16)
            .reinterpretAsFloats()
            .convertShape(VectorOperators.F2D, D, 0);
  }

  @Override
  public boolean fusesBfloat16() {
    return FUSED;
  }

  @Override
  public void subtract(float[] finetuned, float[] base, double[] to, int n) {
    int i = 0;
    for (; i < D.loopBound(n); i += DOUBLES) {
      widen(finetuned, i).sub(widen(base, i)).intoArray(to, i);
    }
    for (; i < n; i++) {
      to[i] = (double) finetuned[i] - base[i];
    }
  }

  @Override
  public void subtractWide(double[] finetuned, double[] base, double[] to, int n) {
    int i = 0;
    for (; i < D.loopBound(n); i += DOUBLES) {
      DoubleVector.fromArray(D, finetuned, i)
          .sub(DoubleVector.fromArray(D, base, i))
          .intoArray(to, i);
    }
    for (; i < n; i++) {
      to[i] = finetuned[i] - base[i];
    }
  }

  @Override
  public void addScaled(float[] target, double[] delta, double scale, float[] to, int n) {
    int i = 0;
    for (; i < D.loopBound(n); i += DOUBLES) {
      narrow(widen(target, i).add(DoubleVector.fromArray(D, delta, i).mul(scale))).intoArray(to, i);
    }
    for (; i < n; i++) {
      to[i] = (float) (target[i] + delta[i] * scale);
    }
  }

  @Override
  public void addScaledWide(double[] target, double[] delta, double scale, double[] to, int n) {
    int i = 0;
    for (; i < D.loopBound(n); i += DOUBLES) {
      DoubleVector.fromArray(D, target, i)
          .add(DoubleVector.fromArray(D, delta, i).mul(scale))
          .intoArray(to, i);
    }
    for (; i < n; i++) {
      to[i] = target[i] + delta[i] * scale;
    }
  }

  @Override
  public void accumulate(double factor, float[] row, int from, double[] sum, int n) {
    int i = 0;
    for (; i < D.loopBound(n); i += DOUBLES) {
      DoubleVector.fromArray(D, sum, i).add(widen(row, from + i).mul(factor)).intoArray(sum, i);
    }
    for (; i < n; i++) {
      sum[i] += factor * row[from + i];
    }
  }

  @Override
  public void multiply(double[] values, double factor, int n) {
    int i = 0;
    for (; i < D.loopBound(n); i += DOUBLES) {
      DoubleVector.fromArray(D, values, i).mul(factor).intoArray(values, i);
    }
    for (; i < n; i++) {
      values[i] *= factor;
    }
  }
}
