package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Compares vector kernels with scalar ones bit by bit, at awkward lengths and offsets. Also a
 * program of its own, so that it can be run in a JVM with narrower vectors.
 */
final class KernelChecks {
  private static final List<Dtype> NARROW = List.of(Dtype.BF16, Dtype.F16, Dtype.F32);
  private static final double[] SCALES = {1, 0.5, 1.3, -1, 0, 1e-300, 1e300, -0.0};

  private final Kernels scalar = ScalarKernels.INSTANCE;
  private final Kernels vector = Kernels.choose(KernelChoice.VECTOR);
  private final Random random;

  private KernelChecks(long seed) {
    this.random = new Random(seed);
  }

  /** Runs every check; prints the width of vectors and the seed. */
  public static void main(String[] args) {
    System.out.println(run(args.length > 0 ? Long.parseLong(args[0]) : System.nanoTime()));
  }

  /** Returns the name of the kernels that were compared with the scalar ones. */
  static String run(long seed) {
    var checks = new KernelChecks(seed);
    try {
      checks.everyFloat16AndBfloat16();
      for (int n : lengths()) {
        checks.atLength(n);
      }
    } catch (AssertionError e) {
      throw new AssertionError("seed %d: %s".formatted(seed, e.getMessage()), e);
    }
    return checks.vector.name();
  }

  /** 0, 1, lanes ± 1 of every width, and primes. */
  private static int[] lengths() {
    return new int[] {
      0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 61, 127, 509, 1021, BlockMath.RUN
    };
  }

  private void everyFloat16AndBfloat16() {
    int n = 1 << 16;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bits = arena.allocate(2L * n);
      for (int i = 0; i < n; i++) {
        bits.set(ScalarKernels.SHORT, 2L * i, (short) i);
      }
      for (Dtype dtype : List.of(Dtype.BF16, Dtype.F16)) {
        float[] one = new float[n];
        float[] other = new float[n];
        scalar.load(dtype, bits, 0, one, n);
        vector.load(dtype, bits, 0, other, n);
        equal("load " + dtype, one, other);
      }
    }
  }

  private void atLength(int n) {
    try (Arena arena = Arena.ofConfined()) {
      for (int shift = 0; shift < 5; shift++) {
        for (Dtype dtype : NARROW) {
          loadAndStore(arena, dtype, n, shift);
        }
        wide(arena, n, shift);
        fused(arena, n, shift);
      }
      arrays(n);
    }
  }

  private void loadAndStore(Arena arena, Dtype dtype, int n, int shift) {
    long at = (long) shift * dtype.bytes();
    MemorySegment bits = randomBytes(arena, at + (long) n * dtype.bytes());
    float[] one = new float[n];
    float[] other = new float[n];
    scalar.load(dtype, bits, at, one, n);
    vector.load(dtype, bits, at, other, n);
    equal("load " + dtype, one, other);

    float[] values = randomFloats(n, dtype);
    MemorySegment stored = arena.allocate(bits.byteSize() + 8);
    MemorySegment storedToo = arena.allocate(bits.byteSize() + 8);
    scalar.store(values, dtype, stored, at, n);
    vector.store(values, dtype, storedToo, at, n);
    equal("store " + dtype, stored, storedToo);
  }

  private void wide(Arena arena, int n, int shift) {
    MemorySegment bits = randomBytes(arena, 8L * (n + shift));
    double[] one = new double[n];
    double[] other = new double[n];
    scalar.loadWide(bits, 8L * shift, one, n);
    vector.loadWide(bits, 8L * shift, other, n);
    equal("loadWide", one, other);
    MemorySegment stored = arena.allocate(bits.byteSize());
    MemorySegment storedToo = arena.allocate(bits.byteSize());
    scalar.storeWide(one, stored, 8L * shift, n);
    vector.storeWide(one, storedToo, 8L * shift, n);
    equal("storeWide", stored, storedToo);
  }

  private void fused(Arena arena, int n, int shift) {
    long at = 2L * shift;
    MemorySegment finetuned = randomBytes(arena, at + 2L * n);
    MemorySegment base = randomBytes(arena, at + 2L * n);
    MemorySegment target = randomBytes(arena, at + 2L * n);
    for (double scale : SCALES) {
      MemorySegment one = arena.allocate(at + 2L * n);
      MemorySegment other = arena.allocate(at + 2L * n);
      scalar.mergeBfloat16(finetuned, base, target, scale, one, at, n);
      vector.mergeBfloat16(finetuned, base, target, scale, other, at, n);
      equal("mergeBfloat16 " + scale, one, other);
    }
  }

  private void arrays(int n) {
    float[] finetuned = randomFloats(n, Dtype.F32);
    float[] base = randomFloats(n, Dtype.F16);
    float[] target = randomFloats(n, Dtype.BF16);
    double[] wideOne = new double[n];
    double[] wideOther = new double[n];
    scalar.widen(finetuned, wideOne, n);
    vector.widen(finetuned, wideOther, n);
    equal("widen", wideOne, wideOther);
    scalar.subtract(finetuned, base, wideOne, n);
    vector.subtract(finetuned, base, wideOther, n);
    equal("subtract", wideOne, wideOther);
    double[] delta = wideOne.clone();
    double[] wideTarget = new double[n];
    scalar.widen(target, wideTarget, n);
    scalar.subtractWide(delta, wideTarget, wideOne, n);
    vector.subtractWide(delta, wideTarget, wideOther, n);
    equal("subtractWide", wideOne, wideOther);
    float[] one = new float[n];
    float[] other = new float[n];
    scalar.narrow(delta, one, n);
    vector.narrow(delta, other, n);
    equal("narrow", one, other);
    float[] rounded = finetuned.clone();
    float[] roundedToo = finetuned.clone();
    scalar.roundToBfloat16(rounded, n);
    vector.roundToBfloat16(roundedToo, n);
    equal("roundToBfloat16", rounded, roundedToo);
    for (double scale : SCALES) {
      scalar.merge(finetuned, base, target, scale, one, n);
      vector.merge(finetuned, base, target, scale, other, n);
      equal("merge " + scale, one, other);
      scalar.addScaled(target, delta, scale, one, n);
      vector.addScaled(target, delta, scale, other, n);
      equal("addScaled " + scale, one, other);
      scalar.addScaledWide(wideTarget, delta, scale, wideOne, n);
      vector.addScaledWide(wideTarget, delta, scale, wideOther, n);
      equal("addScaledWide " + scale, wideOne, wideOther);
      Arrays.fill(wideOne, 0.25);
      Arrays.fill(wideOther, 0.25);
      int from = Math.min(3, n);
      scalar.accumulate(scale, finetuned, from, wideOne, n - from);
      vector.accumulate(scale, finetuned, from, wideOther, n - from);
      scalar.multiply(wideOne, scale, n);
      vector.multiply(wideOther, scale, n);
      equal("accumulate, multiply " + scale, wideOne, wideOther);
    }
  }

  /** All exponents, subnormals, infinities and NaNs, and values at ties of a 16-bit type. */
  private float[] randomFloats(int n, Dtype dtype) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      int bits = random.nextInt();
      values[i] =
          switch (random.nextInt(4)) {
            case 0 -> Float.intBitsToFloat(bits);
            case 1 -> Float.intBitsToFloat(bits & 0xffff8000); // ties of bfloat16
            case 2 -> (float) random.nextGaussian();
            default -> tieOfFloat16(bits, dtype);
          };
    }
    return values;
  }

  private static float tieOfFloat16(int bits, Dtype dtype) {
    float low = Float.float16ToFloat((short) bits);
    float high = Float.float16ToFloat((short) (bits + 1));
    return dtype == Dtype.F32 ? low : (low + high) / 2;
  }

  private MemorySegment randomBytes(Arena arena, long size) {
    MemorySegment bytes = arena.allocate(Math.max(1, size), 64);
    byte[] noise = new byte[(int) size];
    random.nextBytes(noise);
    MemorySegment.copy(noise, 0, bytes, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, noise.length);
    return bytes;
  }

  private static void equal(String what, float[] wanted, float[] made) {
    for (int i = 0; i < wanted.length; i++) {
      if (Float.floatToIntBits(wanted[i]) != Float.floatToIntBits(made[i])) {
        throw new AssertionError(
            "%s of %d at %d: scalar %s, vector %s"
                .formatted(what, wanted.length, i, wanted[i], made[i]));
      }
    }
  }

  private static void equal(String what, double[] wanted, double[] made) {
    for (int i = 0; i < wanted.length; i++) {
      if (Double.doubleToLongBits(wanted[i]) != Double.doubleToLongBits(made[i])) {
        throw new AssertionError(
            "%s of %d at %d: scalar %s, vector %s"
                .formatted(what, wanted.length, i, wanted[i], made[i]));
      }
    }
  }

  private static void equal(String what, MemorySegment wanted, MemorySegment made) {
    long at = wanted.mismatch(made);
    if (at >= 0) {
      throw new AssertionError("%s of %d bytes at byte %d".formatted(what, wanted.byteSize(), at));
    }
  }
}
