package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import java.lang.foreign.MemorySegment;
import org.slf4j.LoggerFactory;

/**
 * The arithmetic of a merge over short runs of values. {@link ScalarKernels} is the specification;
 * {@link VectorKernels} gives the same bits faster.
 *
 * <p>Values of 32 bits and fewer travel as {@code float}, which holds them exactly; differences and
 * sums are taken in {@code double}. A result is rounded to nearest even to {@code float}, and from
 * there to nearest even to a narrower type: two roundings, as PyTorch's cast from float64 does.
 * Every NaN is stored as the type's positive quiet NaN.
 */
sealed interface Kernels permits ScalarKernels, VectorKernels {
  /** What reports and logs call it. */
  String name();

  /** {@code n} values of a BF16, F16 or F32 at byte {@code at}. */
  void load(Dtype dtype, MemorySegment from, long at, float[] to, int n);

  /** Stores {@code n} values as BF16, F16 or F32 at byte {@code at}. */
  void store(float[] from, Dtype dtype, MemorySegment to, long at, int n);

  /** {@code n} values of an F64 at byte {@code at}. */
  void loadWide(MemorySegment from, long at, double[] to, int n);

  /** Stores {@code n} values as F64 at byte {@code at}. */
  void storeWide(double[] from, MemorySegment to, long at, int n);

  void widen(float[] from, double[] to, int n);

  void narrow(double[] from, float[] to, int n);

  /** Rounds each value to the nearest bfloat16. */
  void roundToBfloat16(float[] values, int n);

  /** {@code target + scale · (finetuned − base)}, all in double. */
  void merge(float[] finetuned, float[] base, float[] target, double scale, float[] to, int n);

  /** Whether {@link #mergeBfloat16} is the fast way here. */
  boolean fusesBfloat16();

  /** The same from and to 16-bit brain floats in memory, where all four sides are that. */
  void mergeBfloat16(
      MemorySegment finetuned,
      MemorySegment base,
      MemorySegment target,
      double scale,
      MemorySegment to,
      long at,
      int n);

  /**
   * Runs the way for brain floats over a handful of values, so that the JVM compiles it before the
   * work begins: interpreted, vectors are a hundred times slower than plain loops.
   */
  void warmUp();

  /** {@code finetuned − base}. */
  void subtract(float[] finetuned, float[] base, double[] to, int n);

  /** {@code finetuned − base}. */
  void subtractWide(double[] finetuned, double[] base, double[] to, int n);

  /** {@code target + scale · delta}. */
  void addScaled(float[] target, double[] delta, double scale, float[] to, int n);

  /** {@code target + scale · delta}. */
  void addScaledWide(double[] target, double[] delta, double scale, double[] to, int n);

  /** {@code sum[i] += factor · row[from + i]}: a product, then a sum, each rounded. */
  void accumulate(double factor, float[] row, int from, double[] sum, int n);

  /** {@code values[i] *= factor}. */
  void multiply(double[] values, double factor, int n);

  /**
   * The kernels to use.
   *
   * @throws BadCheckpointException where vectors are demanded and not to be had
   */
  static Kernels choose(KernelChoice choice) {
    if (choice == KernelChoice.SCALAR) {
      return ScalarKernels.INSTANCE;
    }
    String obstacle = VectorSupport.obstacle();
    if (obstacle == null) {
      return VectorSupport.kernels();
    }
    if (choice == KernelChoice.VECTOR) {
      throw new BadCheckpointException("vector kernels are not to be had: " + obstacle);
    }
    LoggerFactory.getLogger(Kernels.class).info("merging with scalar kernels: {}", obstacle);
    return ScalarKernels.INSTANCE;
  }
}
