package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.recycler.activities.safetensors.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measurements agree with a plain computation, whatever the difference comes from. */
class AnalysisTest {
  private static final String MODULE = "model.layers.3.q_proj";
  private static final String WEIGHT = MODULE + ".weight";
  private static final int ROWS = 41;
  private static final int COLUMNS = 29;
  private static final double SCALING = 5;

  @TempDir Path scratch;
  private final TestModel base = new TestModel();
  private final TestModel finetuned = new TestModel();
  private final TestModel target = new TestModel();
  private final TestModel adapter = new TestModel();

  @BeforeEach
  void makeModels() throws IOException {
    var random = new Random(9);
    List<Long> shape = List.of((long) ROWS, (long) COLUMNS);
    base.withRandom(WEIGHT, Dtype.BF16, shape, random);
    finetuned.withRandom(WEIGHT, Dtype.F32, shape, random);
    target.withRandom(WEIGHT, Dtype.F64, shape, random);
    for (TestModel model : List.of(base, finetuned, target)) {
      model.withRandom("model.norm.weight", Dtype.F32, List.of(6L), random);
      model.with("steps", Dtype.I64, List.of(1L), 3);
    }
    adapter.withRandom(
        "base_model.model." + MODULE + ".lora_A.weight", Dtype.F32, List.of(2L, 29L), random);
    adapter.withRandom(
        "base_model.model." + MODULE + ".lora_B.weight", Dtype.F32, List.of(41L, 2L), random);
    base.writeTo(scratch.resolve("base"));
    finetuned.writeTo(scratch.resolve("finetuned"));
    // Other files, other types, another order: nothing may depend on the models being alike.
    target.writeTo(scratch.resolve("target"), 5000);
    Path folder = adapter.writeTo(scratch.resolve("adapter"));
    Files.move(folder.resolve("model.safetensors"), folder.resolve("adapter_model.safetensors"));
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"peft_type\":\"LORA\",\"r\":2,\"lora_alpha\":10}");
  }

  private MergeRequest request(String side) {
    return MergeRequest.of(
            scratch.resolve("base"),
            scratch.resolve(side),
            scratch.resolve("target"),
            scratch.resolve("out"))
        .withBlockBytes(200)
        .withThreads(3);
  }

  private double lowRank(int i) {
    double[] a = values(adapter, "base_model.model." + MODULE + ".lora_A.weight");
    double[] b = values(adapter, "base_model.model." + MODULE + ".lora_B.weight");
    int row = i / COLUMNS;
    int column = i % COLUMNS;
    return SCALING * (b[2 * row] * a[column] + b[2 * row + 1] * a[COLUMNS + column]);
  }

  private static double[] values(TestModel model, String name) {
    TestModel.Tensor tensor = model.tensors().get(name);
    double[] values = new double[tensor.bits().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.value(i);
    }
    return values;
  }

  private interface Difference {
    double at(String name, int i);
  }

  /** Compares with sums taken one value at a time. */
  private void check(
      DeltaStats stats, List<String> names, Difference delta, TestModel from, TestModel towards) {
    double squares = 0;
    double bases = 0;
    double distances = 0;
    double products = 0;
    int count = 0;
    for (String name : names) {
      double[] own = values(from, name);
      for (int i = 0; i < own.length; i++) {
        double d = delta.at(name, i);
        double away = towards == null ? 0 : towards.tensors().get(name).value(i) - own[i];
        squares += d * d;
        bases += own[i] * own[i];
        distances += away * away;
        products += d * away;
        count++;
      }
    }
    assertThat(stats.values()).isEqualTo(count);
    assertThat(stats.deltaNorm()).isCloseTo(Math.sqrt(squares), within(1e-9));
    assertThat(stats.baseNorm()).isCloseTo(Math.sqrt(bases), within(1e-9));
    if (towards == null) {
      assertThat(stats.targetDistance()).isNaN();
      assertThat(stats.cosine()).isNaN();
    } else {
      assertThat(stats.targetDistance()).isCloseTo(Math.sqrt(distances), within(1e-9));
      assertThat(stats.cosine()).isCloseTo(products / Math.sqrt(squares * distances), within(1e-9));
    }
  }

  private double subtracted(String name, int i) {
    return finetuned.tensors().get(name).value(i) - base.tensors().get(name).value(i);
  }

  @Test
  void modelsOfDifferentTypesAndFilesAreMeasuredWhole() throws Exception {
    Analysis analysis =
        DiffEngine.analyze(
            request("finetuned"), Optional.of(scratch.resolve("target")), ProgressListener.NONE);
    assertThat(analysis.tensors())
        .extracting(DeltaStats::name)
        .containsExactly(WEIGHT, "model.norm.weight");
    check(analysis.all(), List.of(WEIGHT, "model.norm.weight"), this::subtracted, base, target);
    assertThat(analysis.layers()).singleElement().extracting(DeltaStats::name).isEqualTo("layer 3");
    check(analysis.layers().getFirst(), List.of(WEIGHT), this::subtracted, base, target);
  }

  @Test
  void withoutATargetThereIsNoDistance() throws Exception {
    Analysis analysis =
        DiffEngine.analyze(request("finetuned"), Optional.empty(), ProgressListener.NONE);
    check(analysis.all(), List.of(WEIGHT, "model.norm.weight"), this::subtracted, base, null);
  }

  @Test
  void patternsChooseWhatIsMeasured() throws Exception {
    Analysis analysis =
        DiffEngine.analyze(
            request("finetuned").withInclude(List.of("*norm*")),
            Optional.of(scratch.resolve("target")),
            ProgressListener.NONE);
    check(analysis.all(), List.of("model.norm.weight"), this::subtracted, base, target);
  }

  @Test
  void anAdapterIsMeasuredOnItsModules() throws Exception {
    Analysis beside =
        DiffEngine.analyze(
            request("adapter"), Optional.of(scratch.resolve("target")), ProgressListener.NONE);
    check(beside.all(), List.of(WEIGHT), (name, i) -> lowRank(i), base, target);
    assertThat(beside.tensors()).extracting(DeltaStats::name).containsExactly(WEIGHT);
    Analysis alone =
        DiffEngine.analyze(request("adapter"), Optional.empty(), ProgressListener.NONE);
    check(alone.all(), List.of(WEIGHT), (name, i) -> lowRank(i), base, null);
  }

  @Test
  void aMergeOfAnAdapterMeasuresBesideItsBaseWhereThatIsGiven() throws Exception {
    MergeReport report =
        MergeEngine.run(request("adapter").withAnalyze(true), ProgressListener.NONE);
    check(
        report.analysis().orElseThrow().all(),
        List.of(WEIGHT),
        (name, i) -> lowRank(i),
        base,
        target);
    assertThat(report.notes()).noneMatch(note -> note.contains("no base"));
  }

  @Test
  void withoutABaseTheTargetStandsForIt() throws Exception {
    MergeReport report =
        MergeEngine.run(
            MergeRequest.of(
                    null,
                    scratch.resolve("adapter"),
                    scratch.resolve("target"),
                    scratch.resolve("out"))
                .withAnalyze(true),
            ProgressListener.NONE);
    check(
        report.analysis().orElseThrow().all(),
        List.of(WEIGHT),
        (name, i) -> lowRank(i),
        target,
        null);
    assertThat(report.notes())
        .contains("no base is at hand: the measurements take the target in its place");
  }

  @Test
  void anExtractedDifferenceIsMeasuredAsItIsAdded() throws Exception {
    Path diff = scratch.resolve("diff");
    DiffEngine.extract(
        MergeRequest.of(scratch.resolve("base"), scratch.resolve("finetuned"), diff, diff)
            .withDtype(Dtype.F64),
        ProgressListener.NONE);
    MergeReport report =
        MergeEngine.run(
            MergeRequest.of(null, diff, scratch.resolve("target"), scratch.resolve("out"))
                .withAnalyze(true),
            ProgressListener.NONE);
    check(
        report.analysis().orElseThrow().all(),
        List.of(WEIGHT, "model.norm.weight"),
        this::subtracted,
        target,
        null);
  }
}
