package dev.recycler.activities.merge;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.List;

/**
 * The factors of one module of an adapter: {@code Δ = scaling · (B · A)} with A of shape {@code
 * [rank, columns]} and B of shape {@code [rows, rank]}, both of at most 32 bits an element.
 *
 * <p>An element is {@code ((0 + B[i,0]·A[0,j]) + B[i,1]·A[1,j]) + …}, in double, times the scaling.
 */
final class LowRankFactors {
  private final Source a;
  private final Source b;
  private final double scaling;
  private final LoadMode load;
  private SoftReference<Values> loaded = new SoftReference<>(null);

  private static final class Values {
    final float[] a;
    final float[] b;

    Values(float[] a, float[] b) {
      this.a = a;
      this.b = b;
    }
  }

  LowRankFactors(Source a, Source b, double scaling, LoadMode load) {
    this.a = a;
    this.b = b;
    this.scaling = scaling;
    this.load = load;
  }

  private int rank() {
    return Math.toIntExact(a.tensor().shape().get(0));
  }

  /** The shape of Δ. */
  List<Long> shape() {
    return List.of(b.tensor().shape().get(0), a.tensor().shape().get(1));
  }

  private int columns() {
    return Math.toIntExact(a.tensor().shape().get(1));
  }

  /** Elements {@code first} to {@code first + n} of Δ, row by row. */
  void compute(Kernels kernels, long first, double[] to, int n) throws IOException {
    Values values = values(kernels);
    int columns = columns();
    int rank = rank();
    double[] run = new double[Math.min(columns, n)];
    int done = 0;
    while (done < n) {
      long element = first + done;
      int row = (int) (element / columns);
      int column = (int) (element % columns);
      int length = Math.min(columns - column, n - done);
      Arrays.fill(run, 0, length, 0.0);
      for (int k = 0; k < rank; k++) {
        kernels.accumulate(values.b[row * rank + k], values.a, k * columns + column, run, length);
      }
      kernels.multiply(run, scaling, length);
      System.arraycopy(run, 0, to, done, length);
      done += length;
    }
  }

  /** The factors are small beside the model, and are let go where memory is short. */
  private synchronized Values values(Kernels kernels) throws IOException {
    Values values = loaded.get();
    if (values == null) {
      values = new Values(read(a, kernels), read(b, kernels));
      loaded = new SoftReference<>(values);
    }
    return values;
  }

  private float[] read(Source source, Kernels kernels) throws IOException {
    int n = Math.toIntExact(source.tensor().elements());
    float[] values = new float[n];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, source.tensor().bytes()), 64);
      source.read(0, n, bytes);
      kernels.load(source.dtype(), bytes, 0, values, n);
    }
    if (load == LoadMode.BFLOAT16) {
      kernels.roundToBfloat16(values, n);
    }
    return values;
  }
}
