package dev.recycler.cli.drill.tool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * What the drill's tools compute. Every step depends on the weights, on the momentum of all steps
 * before and on the data, so that a step left out, done twice or done on a wrong start shows in the
 * last bits.
 */
public final class Arithmetic {
  private static final float MOMENTUM = 0.875f;
  private static final float RATE = 0.03125f;

  private Arithmetic() {}

  /** What a training has at one step. */
  public record State(long step, TinyModel model, SortedMap<String, float[]> momentum) {
    /** The state before the first step. */
    public static State start(TinyModel model) {
      SortedMap<String, float[]> momentum = new TreeMap<>();
      model.tensors().forEach((name, values) -> momentum.put(name, new float[values.length]));
      return new State(0, model, momentum);
    }
  }

  /** One optimizer step. */
  public static State step(State before, long data) {
    long step = before.step() + 1;
    SortedMap<String, float[]> weights = new TreeMap<>();
    SortedMap<String, float[]> momentum = new TreeMap<>();
    before
        .model()
        .tensors()
        .forEach(
            (name, old) -> {
              float[] w = old.clone();
              float[] m = before.momentum().get(name).clone();
              long seed = data * 31 + step * 1_000_003 + name.hashCode();
              for (int i = 0; i < w.length; i++) {
                float gradient = noise(seed + i) + 0.0625f * w[i];
                m[i] = MOMENTUM * m[i] + gradient;
                w[i] -= RATE * m[i];
              }
              weights.put(name, w);
              momentum.put(name, m);
            });
    return new State(step, new TinyModel(weights, before.model().tokenizer()), momentum);
  }

  /** So many steps from the start. */
  public static State train(TinyModel start, long data, long steps) {
    State state = State.start(start);
    while (state.step() < steps) {
      state = step(state, data);
    }
    return state;
  }

  /** {@code target + scale · (finetuned − base)}, as the paper's script has it. */
  public static TinyModel merge(
      TinyModel target, TinyModel finetuned, TinyModel base, double scale) {
    SortedMap<String, float[]> merged = new TreeMap<>();
    target
        .tensors()
        .forEach(
            (name, values) -> {
              float[] sum = new float[values.length];
              for (int i = 0; i < sum.length; i++) {
                double difference =
                    (double) finetuned.tensors().get(name)[i] - base.tensors().get(name)[i];
                sum[i] = (float) (values[i] + scale * difference);
              }
              merged.put(name, sum);
            });
    return new TinyModel(merged, finetuned.tokenizer());
  }

  /** A score between 0 and 1 that any other weight, tokenizer or task would change. */
  public static double score(TinyModel model, String task) {
    CRC32 sum = new CRC32();
    for (Map.Entry<String, float[]> tensor : model.tensors().entrySet()) {
      sum.update(tensor.getKey().getBytes(StandardCharsets.UTF_8));
      ByteBuffer bytes = ByteBuffer.allocate(tensor.getValue().length * Float.BYTES);
      bytes.asFloatBuffer().put(tensor.getValue());
      sum.update(bytes);
    }
    sum.update(model.tokenizer().getBytes(StandardCharsets.UTF_8));
    sum.update(task.getBytes(StandardCharsets.UTF_8));
    return (1 + sum.getValue() % 99_998) / 100_000.0;
  }

  /** What of the data decides. */
  public static long data(byte[] content) {
    CRC32 sum = new CRC32();
    sum.update(content);
    return sum.getValue();
  }

  private static float noise(long seed) {
    long z = seed * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >> 40) / (float) (1 << 23);
  }
}
