package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds for random shapes, dtypes, shards and scales. A failure names its seed; {@code
 * -Drecycler.test.seed=N} runs from that seed.
 */
class MergePropertiesTest {
  private static final long SEED = Long.getLong("recycler.test.seed", System.nanoTime());
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final Dtype[] FLOATS = {Dtype.BF16, Dtype.F16, Dtype.F32, Dtype.F64};

  @TempDir Path scratch;

  /** A run of a property, which names its seed when it fails. */
  private interface Property {
    void check(Random random) throws Exception;
  }

  private static void holds(RepetitionInfo repetition, Property property) throws Exception {
    long seed = SEED + repetition.getCurrentRepetition();
    try {
      property.check(new Random(seed));
    } catch (AssertionError | Exception e) {
      throw new AssertionError(
          "replay with -Drecycler.test.seed=%d: %s"
              .formatted(seed - repetition.getCurrentRepetition(), e.getMessage()),
          e);
    }
  }

  @RepeatedTest(30)
  void theEngineEqualsThePlainReference(RepetitionInfo repetition) throws Exception {
    holds(
        repetition,
        random -> {
          Models models = Models.random(random, FLOATS, true);
          boolean bfloat16 = random.nextInt(4) == 0;
          double scale = scale(random);
          MergeRequest request =
              tuned(models.write(scratch, random), random)
                  .withScales(List.of(scale))
                  .withLoad(bfloat16 ? LoadMode.BFLOAT16 : LoadMode.STORED);
          MergeEngine.run(request, ProgressListener.NONE);
          assertEqual(
              request.out(),
              TestModel.merged(models.base, models.finetuned, models.target, scale, bfloat16));
        });
  }

  @RepeatedTest(5)
  void scaleZeroGivesTheTarget(RepetitionInfo repetition) throws Exception {
    holds(
        repetition,
        random -> {
          Models models = Models.random(random, FLOATS, random.nextBoolean());
          models.finetuned.tensors().put(EMBEDDING, models.base.tensors().get(EMBEDDING));
          double zero = random.nextBoolean() ? 0.0 : -0.0;
          MergeRequest request =
              tuned(models.write(scratch, random), random).withScales(List.of(zero));
          MergeEngine.run(request, ProgressListener.NONE);
          assertSameValues(request.out(), models.target);
        });
  }

  @RepeatedTest(5)
  void ontoItsOwnBaseGivesTheFinetunedModel(RepetitionInfo repetition) throws Exception {
    holds(
        repetition,
        random -> {
          Models models =
              Models.random(random, new Dtype[] {Dtype.BF16, Dtype.F16, Dtype.F32}, false);
          models.target = models.base;
          MergeRequest request = tuned(models.write(scratch, random), random);
          MergeEngine.run(request, ProgressListener.NONE);
          assertSameValues(request.out(), models.finetunedAs(models.base));
        });
  }

  @RepeatedTest(8)
  void extractThenApplyEqualsMergeWhereItSaysSo(RepetitionInfo repetition) throws Exception {
    holds(
        repetition,
        random -> {
          Models models = Models.random(random, FLOATS, true);
          MergeRequest request = tuned(models.write(scratch, random), random);
          double scale = random.nextGaussian();
          MergeEngine.run(request.withScales(List.of(scale)), ProgressListener.NONE);
          Path diff = Files.createTempDirectory(scratch, "diff").resolve("diff");
          MergeRequest extraction =
              MergeRequest.of(
                      request.base().orElseThrow(), request.finetuned(), request.target(), diff)
                  .withDtype(random.nextBoolean() ? Dtype.F64 : Dtype.F32);
          DiffEngine.Extracted extracted = DiffEngine.extract(extraction, ProgressListener.NONE);
          Path out = Files.createTempDirectory(scratch, "out").resolve("applied");
          MergeEngine.run(
              MergeRequest.of(null, diff, request.target(), out).withScales(List.of(scale)),
              ProgressListener.NONE);
          try (ModelFolder applied = ModelFolder.open(out);
              ModelFolder merged = ModelFolder.open(request.out())) {
            if (extracted.inexact().isEmpty()) {
              Checkpoints.assertEqualModels(applied, merged);
            } else {
              assertThat(applied.tensors().keySet()).isEqualTo(merged.tensors().keySet());
            }
          }
        });
  }

  /** Any finite number: mostly like those that people give, sometimes absurd ones. */
  private static double scale(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> 1;
      case 1 -> -random.nextDouble();
      case 2 -> {
        double any = Double.longBitsToDouble(random.nextLong());
        yield Double.isFinite(any) ? any : -0.0;
      }
      default -> random.nextGaussian() * 2;
    };
  }

  private static MergeRequest tuned(MergeRequest request, Random random) {
    MergeRequest tuned =
        request
            .withThreads(1 + random.nextInt(4))
            .withBlockBytes(random.nextBoolean() ? 0 : 8 + random.nextInt(3000))
            .withKernels(random.nextBoolean() ? KernelChoice.SCALAR : KernelChoice.VECTOR);
    return random.nextBoolean() ? tuned : tuned.withShardSize(100 + random.nextInt(20_000));
  }

  private static void assertEqual(Path made, TestModel wanted) throws Exception {
    Path folder = Files.createTempDirectory(made.getParent(), "wanted");
    wanted.writeTo(folder);
    try (ModelFolder one = ModelFolder.open(made);
        ModelFolder other = ModelFolder.open(folder)) {
      Checkpoints.assertEqualModels(one, other);
    }
  }

  /** Equal as numbers: −0 equals 0. */
  private static void assertSameValues(Path made, TestModel wanted) throws Exception {
    try (ModelFolder folder = ModelFolder.open(made)) {
      assertThat(folder.tensors().keySet()).isEqualTo(wanted.tensors().keySet());
      for (TensorInfo tensor : folder.tensors().values()) {
        ByteBuffer bytes = Checkpoints.bytes(folder, tensor);
        TestModel.Tensor expected = wanted.tensors().get(tensor.name());
        for (int i = 0; i < tensor.elements(); i++) {
          double value =
              Checkpoints.value(tensor.dtype(), Checkpoints.bits(tensor.dtype(), bytes, i));
          if (value != expected.value(i)) {
            throw new AssertionError(
                "%s[%d] is %s, not %s".formatted(tensor.name(), i, value, expected.value(i)));
          }
        }
      }
    }
  }

  /** Three models with the same names. */
  private static final class Models {
    TestModel base = new TestModel();
    TestModel finetuned = new TestModel();
    TestModel target = new TestModel();

    /**
     * @param mixed whether the three sides have dtypes of their own, and the fine-tuned model more
     *     tokens
     */
    static Models random(Random random, Dtype[] dtypes, boolean mixed) {
      var models = new Models();
      int tensors = 1 + random.nextInt(6);
      for (int i = 0; i < tensors; i++) {
        String name = "model.layers.%d.weight".formatted(i);
        List<Long> shape = shape(random);
        Dtype dtype = dtypes[random.nextInt(dtypes.length)];
        for (TestModel model : models.all()) {
          Dtype own = mixed ? dtypes[random.nextInt(dtypes.length)] : dtype;
          model.withRandom(name, own, shape, random);
        }
      }
      long rows = 1L + random.nextInt(20);
      long columns = 1L + random.nextInt(9);
      long more = mixed ? random.nextInt(3) : 0;
      models.base.withRandom(EMBEDDING, dtypes[0], List.of(rows, columns), random);
      models.finetuned.withRandom(EMBEDDING, dtypes[0], List.of(rows + more, columns), random);
      models.target.withRandom(EMBEDDING, dtypes[0], List.of(rows, columns), random);
      for (TestModel model : models.all()) {
        model.with("steps", Dtype.I64, List.of(2L), 7, -1);
      }
      return models;
    }

    private List<TestModel> all() {
      return List.of(base, finetuned, target);
    }

    private static List<Long> shape(Random random) {
      return switch (random.nextInt(5)) {
        case 0 -> List.of();
        case 1 -> List.of((long) random.nextInt(3), 5L);
        case 2 -> List.of(1L + random.nextInt(3000));
        default -> List.of(1L + random.nextInt(40), 1L + random.nextInt(60));
      };
    }

    /** The fine-tuned model; its dtypes are those of {@code like} already. */
    TestModel finetunedAs(TestModel like) {
      assertThat(finetuned.tensors().keySet()).isEqualTo(like.tensors().keySet());
      return finetuned;
    }

    MergeRequest write(Path scratch, Random random) throws Exception {
      Path folder = Files.createTempDirectory(scratch, "models");
      base.writeTo(folder.resolve("base"), 200 + random.nextInt(20_000));
      finetuned.writeTo(folder.resolve("finetuned"), 200 + random.nextInt(20_000));
      target.writeTo(folder.resolve("target"), 200 + random.nextInt(20_000));
      return Requests.in(folder, folder.resolve("out"));
    }
  }
}
