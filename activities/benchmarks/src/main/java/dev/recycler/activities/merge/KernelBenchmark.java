package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Speed of the merge kernels on one thread, for each dtype, with vectors and without, beside a
 * plain copy of memory. The sides are larger than the caches.
 *
 * <p>Run by {@code ./mvnw -Pbenchmarks -pl activities/benchmarks -am verify -DskipTests}, which
 * ends with a table of bytes a second and fractions of the copy's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class KernelBenchmark {
  private static final int VALUES = 1 << 24;
  private static final int SIDES = 4;

  @Param({"BF16", "F16", "F32", "F64"})
  private Dtype dtype;

  @Param({"SCALAR", "VECTOR"})
  private KernelChoice choice;

  private Kernels kernels;
  private Arena arena;
  private MemorySegment finetuned;
  private MemorySegment base;
  private MemorySegment target;
  private MemorySegment to;
  private final float[] narrow1 = new float[BlockMath.RUN];
  private final float[] narrow2 = new float[BlockMath.RUN];
  private final float[] narrow3 = new float[BlockMath.RUN];
  private final double[] wide1 = new double[BlockMath.RUN];
  private final double[] wide2 = new double[BlockMath.RUN];
  private final double[] wide3 = new double[BlockMath.RUN];

  @Setup(Level.Trial)
  public void allocate() {
    kernels = Kernels.choose(choice);
    arena = Arena.ofConfined();
    var random = new Random(1);
    finetuned = side(random);
    base = side(random);
    target = side(random);
    to = side(random);
    check();
  }

  private MemorySegment side(Random random) {
    MemorySegment side = arena.allocate((long) VALUES * dtype.bytes(), 4096);
    byte[] block = new byte[1 << 20];
    random.nextBytes(block);
    for (long at = 0; at < side.byteSize(); at += block.length) {
      MemorySegment.copy(block, 0, side, ValueLayout.JAVA_BYTE, at, block.length);
    }
    return side;
  }

  /** A fast wrong answer is worth nothing. */
  private void check() {
    merge();
    MemorySegment made = arena.allocate(to.byteSize());
    made.copyFrom(to);
    kernels = ScalarKernels.INSTANCE;
    merge();
    if (made.mismatch(to) >= 0) {
      throw new IllegalStateException("kernels differ");
    }
    kernels = Kernels.choose(choice);
  }

  @TearDown(Level.Trial)
  public void free() {
    arena.close();
  }

  @Benchmark
  public MemorySegment merge() {
    if (dtype == Dtype.BF16 && kernels.fusesBfloat16()) {
      kernels.mergeBfloat16(finetuned, base, target, 1.3, to, 0, VALUES);
      return to;
    }
    for (int at = 0; at < VALUES; at += BlockMath.RUN) {
      long offset = (long) at * dtype.bytes();
      if (dtype == Dtype.F64) {
        kernels.loadWide(finetuned, offset, wide1, BlockMath.RUN);
        kernels.loadWide(base, offset, wide2, BlockMath.RUN);
        kernels.loadWide(target, offset, wide3, BlockMath.RUN);
        kernels.subtractWide(wide1, wide2, wide1, BlockMath.RUN);
        kernels.addScaledWide(wide3, wide1, 1.3, wide2, BlockMath.RUN);
        kernels.storeWide(wide2, to, offset, BlockMath.RUN);
      } else {
        kernels.load(dtype, finetuned, offset, narrow1, BlockMath.RUN);
        kernels.load(dtype, base, offset, narrow2, BlockMath.RUN);
        kernels.load(dtype, target, offset, narrow3, BlockMath.RUN);
        kernels.merge(narrow1, narrow2, narrow3, 1.3, narrow1, BlockMath.RUN);
        kernels.store(narrow1, dtype, to, offset, BlockMath.RUN);
      }
    }
    return to;
  }

  /** What memory allows: two sides are read and two written. */
  @Benchmark
  public MemorySegment copy() {
    to.copyFrom(finetuned);
    base.copyFrom(target);
    return to;
  }

  public static void main(String[] args) throws RunnerException {
    Collection<RunResult> results =
        new Runner(new OptionsBuilder().include(KernelBenchmark.class.getSimpleName()).build())
            .run();
    System.out.printf("%n%-6s %-7s %10s %12s%n", "dtype", "kernels", "GB/s", "of the copy");
    for (RunResult result : results) {
      if (!result.getPrimaryResult().getLabel().equals("merge")) {
        continue;
      }
      String dtype = result.getParams().getParam("dtype");
      String choice = result.getParams().getParam("choice");
      double mine = rate(result);
      double copy =
          results.stream()
              .filter(other -> other.getPrimaryResult().getLabel().equals("copy"))
              .filter(other -> other.getParams().getParam("dtype").equals(dtype))
              .filter(other -> other.getParams().getParam("choice").equals(choice))
              .mapToDouble(KernelBenchmark::rate)
              .findFirst()
              .orElse(Double.NaN);
      System.out.printf(
          Locale.ROOT, "%-6s %-7s %10.1f %11.0f%%%n", dtype, choice, mine, 100 * mine / copy);
    }
  }

  /** Bytes of all four sides a nanosecond. */
  private static double rate(RunResult result) {
    Dtype dtype = Dtype.valueOf(result.getParams().getParam("dtype"));
    return (double) SIDES * VALUES * dtype.bytes() / (result.getPrimaryResult().getScore() * 1e6);
  }
}
