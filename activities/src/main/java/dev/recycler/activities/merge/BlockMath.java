package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Reads and computes one block of a tensor after another. Owned by one thread; its buffers are made
 * once.
 */
final class BlockMath {
  /** Values that are worked on at a time: four arrays of these stay in the first cache. */
  static final int RUN = 1024;

  /**
   * Values that the fused way takes at a time. A method that is called often is compiled as a
   * whole; one that loops long is first compiled in the middle of its loop, which can leave slow
   * code.
   */
  private static final int FUSED_RUN = 8192;

  /** Values that the fused way reads at a time; fewer cost more in calls than caches give back. */
  private static final int PART = 1 << 18;

  private final Kernels kernels;
  private final LoadMode load;
  private final MemorySegment finetuned;
  private final MemorySegment base;
  private final MemorySegment target;

  private final float[] narrow1 = new float[RUN];
  private final float[] narrow2 = new float[RUN];
  private final float[] narrow3 = new float[RUN];
  private final double[] wide1 = new double[RUN];
  private final double[] wide2 = new double[RUN];
  private final double[] wide3 = new double[RUN];
  private final double[] delta = new double[RUN];

  /**
   * @param bytes most bytes of one side of a block
   */
  BlockMath(Kernels kernels, LoadMode load, Arena arena, long bytes) {
    this.kernels = kernels;
    this.load = load;
    this.finetuned = Buffers.allocate(arena, bytes);
    this.base = Buffers.allocate(arena, bytes);
    this.target = Buffers.allocate(arena, bytes);
  }

  /**
   * Elements {@code first} to {@code first + n} of a tensor.
   *
   * @param outputs a buffer for each scale; none where only measured
   * @param stats gets the measurements, or null
   * @return bytes read from files
   */
  long compute(TensorPlan plan, long first, int n, List<MemorySegment> outputs, BlockStats stats)
      throws IOException {
    if (stats == null
        && plan.delta() instanceof Delta.Subtracted(Source ft, Source b)
        && isPlainBfloat16(plan, ft, b)) {
      return fused(plan, ft, b, first, n, outputs);
    }
    long read = 0;
    if (plan.target().isPresent()) {
      read += plan.target().get().read(first, n, target);
    }
    switch (plan.delta()) {
      case Delta.Subtracted(Source ft, Source b) -> {
        read += ft.read(first, n, finetuned);
        read += b.read(first, n, base);
      }
      case Delta.Stored(Source difference) -> read += difference.read(first, n, finetuned);
      case Delta.LowRank lowRank -> {
        if (lowRank.base().isPresent()) {
          read += lowRank.base().get().read(first, n, base);
        }
      }
      case Delta.None none -> {
        if (isCopy(plan)) {
          long bytes = (long) n * plan.dtype().bytes();
          outputs.forEach(output -> MemorySegment.copy(target, 0, output, 0, bytes));
          return read;
        }
      }
    }
    for (int at = 0; at < n; at += RUN) {
      run(plan, first, at, Math.min(RUN, n - at), outputs, stats);
    }
    return read;
  }

  /** Where all sides are brain floats: from memory to memory, without arrays between. */
  private long fused(
      TensorPlan plan, Source ft, Source b, long first, int n, List<MemorySegment> outputs)
      throws IOException {
    long read = 0;
    for (int part = 0; part < n; part += PART) {
      int length = Math.min(PART, n - part);
      read += plan.target().orElseThrow().read(first + part, length, target);
      read += ft.read(first + part, length, finetuned);
      read += b.read(first + part, length, base);
      for (int i = 0; i < outputs.size(); i++) {
        MemorySegment output = outputs.get(i).asSlice(2L * part, 2L * length);
        for (int at = 0; at < length; at += FUSED_RUN) {
          int m = Math.min(FUSED_RUN, length - at);
          kernels.mergeBfloat16(finetuned, base, target, plan.scales().get(i), output, 2L * at, m);
        }
      }
    }
    return read;
  }

  private boolean isPlainBfloat16(TensorPlan plan, Source ft, Source b) {
    return kernels.fusesBfloat16()
        && plan.target().isPresent()
        && plan.dtype() == Dtype.BF16
        && plan.target().get().dtype() == Dtype.BF16
        && ft.dtype() == Dtype.BF16
        && b.dtype() == Dtype.BF16;
  }

  private boolean isCopy(TensorPlan plan) {
    Dtype stored = plan.target().orElseThrow().dtype();
    return plan.dtype() == stored
        && (load == LoadMode.STORED || !stored.isFloat() || stored == Dtype.BF16);
  }

  private void run(
      TensorPlan plan, long first, int at, int n, List<MemorySegment> outputs, BlockStats stats)
      throws IOException {
    boolean narrow =
        plan.dtype() != Dtype.F64
            && plan.target().map(source -> source.dtype() != Dtype.F64).orElse(false)
            && stats == null
            && outputs.size() == 1;
    if (narrow
        && plan.delta() instanceof Delta.Subtracted(Source ft, Source b)
        && ft.dtype() != Dtype.F64
        && b.dtype() != Dtype.F64) {
      loadNarrow(ft.dtype(), finetuned, at, narrow1, n);
      loadNarrow(b.dtype(), base, at, narrow2, n);
      loadNarrow(plan.target().get().dtype(), target, at, narrow3, n);
      kernels.merge(narrow1, narrow2, narrow3, plan.scales().getFirst(), narrow1, n);
      kernels.store(narrow1, plan.dtype(), outputs.getFirst(), (long) at * plan.dtype().bytes(), n);
      return;
    }
    runWide(plan, first, at, n, outputs, stats);
  }

  /** The general way: every value in double. */
  private void runWide(
      TensorPlan plan, long first, int at, int n, List<MemorySegment> outputs, BlockStats stats)
      throws IOException {
    switch (plan.delta()) {
      case Delta.Subtracted(Source ft, Source b) -> {
        loadWide(ft.dtype(), finetuned, at, wide1, n);
        loadWide(b.dtype(), base, at, wide2, n);
        kernels.subtractWide(wide1, wide2, delta, n);
      }
      case Delta.Stored(Source difference) ->
          loadStored(difference.dtype(), finetuned, at, delta, n);
      case Delta.LowRank lowRank -> {
        lowRank.factors().compute(kernels, first + at, delta, n);
        if (lowRank.base().isPresent()) {
          loadWide(lowRank.base().get().dtype(), base, at, wide2, n);
        }
      }
      case Delta.None none -> {}
    }
    if (plan.target().isEmpty()) {
      measure(plan.delta(), first + at, null, n, stats);
      outputs.forEach(output -> storeWide(delta, plan.dtype(), output, at, n));
      return;
    }
    loadWide(plan.target().get().dtype(), target, at, wide3, n);
    measure(plan.delta(), first + at, wide3, n, stats);
    for (int i = 0; i < outputs.size(); i++) {
      if (plan.delta() instanceof Delta.None) {
        storeWide(wide3, plan.dtype(), outputs.get(i), at, n);
      } else {
        kernels.addScaledWide(wide3, delta, plan.scales().get(i), wide1, n);
        storeWide(wide1, plan.dtype(), outputs.get(i), at, n);
      }
    }
  }

  /**
   * Where nothing but Δ is at hand, the target stands for the base; and where there is no
   * fine-tuned model, it is what Δ makes of the base.
   */
  private void measure(Delta of, long first, double[] beside, int n, BlockStats stats) {
    if (stats == null || of instanceof Delta.None) {
      return;
    }
    if (of instanceof Delta.Subtracted) {
      stats.add(first, wide1, wide2, beside, delta, n);
      return;
    }
    boolean based = of instanceof Delta.LowRank lowRank && lowRank.base().isPresent();
    double[] bases = based ? wide2 : wide3;
    for (int i = 0; i < n; i++) {
      wide1[i] = bases[i] + delta[i];
    }
    stats.add(first, wide1, bases, based ? beside : null, delta, n);
  }

  private void loadNarrow(Dtype dtype, MemorySegment from, int at, float[] to, int n) {
    kernels.load(dtype, from, (long) at * dtype.bytes(), to, n);
    if (load == LoadMode.BFLOAT16 && dtype != Dtype.BF16) {
      kernels.roundToBfloat16(to, n);
    }
  }

  private void loadWide(Dtype dtype, MemorySegment from, int at, double[] to, int n) {
    if (dtype != Dtype.F64) {
      loadNarrow(dtype, from, at, narrow1, n);
      kernels.widen(narrow1, to, n);
      return;
    }
    kernels.loadWide(from, 8L * at, to, n);
    if (load == LoadMode.BFLOAT16) {
      kernels.narrow(to, narrow1, n);
      kernels.roundToBfloat16(narrow1, n);
      kernels.widen(narrow1, to, n);
    }
  }

  /** A stored difference is never rounded: its inputs were, when it was taken. */
  private void loadStored(Dtype dtype, MemorySegment from, int at, double[] to, int n) {
    if (dtype == Dtype.F64) {
      kernels.loadWide(from, 8L * at, to, n);
    } else {
      kernels.load(dtype, from, (long) at * dtype.bytes(), narrow1, n);
      kernels.widen(narrow1, to, n);
    }
  }

  private void storeWide(double[] from, Dtype dtype, MemorySegment to, int at, int n) {
    if (dtype == Dtype.F64) {
      kernels.storeWide(from, to, 8L * at, n);
    } else {
      kernels.narrow(from, narrow1, n);
      kernels.store(narrow1, dtype, to, (long) at * dtype.bytes(), n);
    }
  }
}
