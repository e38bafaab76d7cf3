package dev.recycler.activities.merge;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The factors of one module of an adapter: {@code Δ = scaling · (B · A)} with A of shape {@code
 * [rank, columns]} and B of shape {@code [rows, rank]}, both of at most 32 bits an element.
 *
 * <p>An element is {@code ((0 + B[i,0]·A[0,j]) + B[i,1]·A[1,j]) + …}, in double, times the scaling.
 */
final class LowRankFactors {
  /** Values that are read at a time. */
  private static final int STEP = 1 << 18;

  private final Source a;
  private final Source b;
  private final double scaling;
  private final LoadMode load;
  private Values loaded;
  private long left;

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
    release(n);
  }

  /** Read for the first element of Δ that is asked for. */
  private synchronized Values values(Kernels kernels) throws IOException {
    if (loaded == null) {
      loaded = new Values(read(a, kernels), read(b, kernels));
      left = shape().get(0) * shape().get(1);
    }
    return loaded;
  }

  /**
   * Lets the factors go with the last element: a merge asks once for each, and the adapter of a
   * large model does not fit into the memory that a merge may take.
   */
  private synchronized void release(int n) {
    left -= n;
    if (left <= 0) {
      loaded = null;
    }
  }

  private float[] read(Source source, Kernels kernels) throws IOException {
    int n = Math.toIntExact(source.tensor().elements());
    float[] values = new float[n];
    float[] step = new float[Math.min(n, STEP)];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate((long) STEP * source.dtype().bytes(), 64);
      for (int at = 0; at < n; at += STEP) {
        int m = Math.min(STEP, n - at);
        source.read(at, m, bytes);
        kernels.load(source.dtype(), bytes, 0, step, m);
        System.arraycopy(step, 0, values, at, m);
      }
    }
    if (load == LoadMode.BFLOAT16) {
      kernels.roundToBfloat16(values, n);
    }
    return values;
  }
}
