package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ShardLayout;
import dev.recycler.activities.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small model of tests, in memory and on disk. */
final class TestModel {
  /** A tensor by the bits of its elements. */
  static final class Tensor {
    private final Dtype dtype;
    private final List<Long> shape;
    private final long[] bits;

    Tensor(Dtype dtype, List<Long> shape, long[] bits) {
      this.dtype = dtype;
      this.shape = shape;
      this.bits = bits;
    }

    Dtype dtype() {
      return dtype;
    }

    List<Long> shape() {
      return shape;
    }

    long[] bits() {
      return bits;
    }

    /** Past the end it is 0: the rows that padding adds. */
    double value(int i) {
      return i < bits.length ? Reference.fromBits(bits[i], dtype) : 0;
    }
  }

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  Map<String, Tensor> tensors() {
    return tensors;
  }

  TestModel with(String name, Dtype dtype, List<Long> shape, long[] bits) {
    tensors.put(name, new Tensor(dtype, shape, bits));
    return this;
  }

  /** Values rounded to the dtype. */
  TestModel with(String name, Dtype dtype, List<Long> shape, double... values) {
    long[] bits = new long[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = dtype.isFloat() ? Reference.toBits(values[i], dtype) : (long) values[i];
    }
    return with(name, dtype, shape, bits);
  }

  /** Values like weights: normal, within a few powers of two of each other. */
  TestModel withRandom(String name, Dtype dtype, List<Long> shape, Random random) {
    int n = (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextInt(10) == 0 ? random.nextInt(3) - 1 : random.nextGaussian() * 0.1;
    }
    return with(name, dtype, shape, values);
  }

  /** The folder, with everything in one file. */
  Path writeTo(Path folder) throws IOException {
    return writeTo(folder, Long.MAX_VALUE);
  }

  /** The folder, with at most so many bytes of tensors in a file. */
  Path writeTo(Path folder, long shardBytes) throws IOException {
    Files.createDirectories(folder);
    var entries = new ArrayList<ShardLayout.Entry>();
    tensors.forEach((name, t) -> entries.add(new ShardLayout.Entry(name, t.dtype(), t.shape())));
    ShardLayout layout = ShardLayout.split(entries, shardBytes, Map.of("format", "pt"));
    for (ShardLayout.WeightFile file : layout.files()) {
      ByteBuffer bytes =
          ByteBuffer.allocate(Math.toIntExact(file.bytes())).order(ByteOrder.LITTLE_ENDIAN);
      bytes.put(file.header());
      for (TensorInfo tensor : file.tensors()) {
        for (long bits : tensors.get(tensor.name()).bits()) {
          switch (tensor.dtype().bytes()) {
            case 1 -> bytes.put((byte) bits);
            case 2 -> bytes.putShort((short) bits);
            case 4 -> bytes.putInt((int) bits);
            default -> bytes.putLong(bits);
          }
        }
      }
      Files.write(folder.resolve(file.name()), bytes.array());
    }
    if (layout.index().isPresent()) {
      Files.writeString(folder.resolve(ShardLayout.indexName()), layout.index().get());
    }
    return folder;
  }

  /** The merge of three models by the reference arithmetic; rows that a side lacks are zeros. */
  static TestModel merged(
      TestModel base, TestModel finetuned, TestModel target, double scale, boolean bfloat16) {
    var result = new TestModel();
    target.tensors.forEach(
        (name, t) -> {
          Tensor ft = finetuned.tensors.get(name);
          Tensor b = base.tensors.get(name);
          if (!t.dtype().isFloat()) {
            result.with(name, t.dtype(), t.shape(), t.bits());
            return;
          }
          Dtype dtype = bfloat16 ? Dtype.BF16 : t.dtype();
          long[] bits = new long[ft.bits().length];
          for (int i = 0; i < bits.length; i++) {
            bits[i] =
                Reference.merged(
                    load(ft.value(i), bfloat16),
                    load(b.value(i), bfloat16),
                    load(t.value(i), bfloat16),
                    scale,
                    dtype);
          }
          result.with(name, dtype, ft.shape(), bits);
        });
    return result;
  }

  private static double load(double value, boolean bfloat16) {
    return bfloat16 ? Reference.throughBfloat16(value) : value;
  }
}
