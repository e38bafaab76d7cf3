package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A LoRA adapter in place of a fine-tuned model. */
class AdapterTest {
  private static final String MODULE = "model.layers.0.q_proj";
  private static final String A = "base_model.model." + MODULE + ".lora_A.weight";
  private static final String B = "base_model.model." + MODULE + ".lora_B.weight";
  private static final int ROWS = 37;
  private static final int COLUMNS = 53;
  private static final int RANK = 3;

  @TempDir Path scratch;
  private Path models;
  private Path out;
  private final TestModel target = new TestModel();
  private final TestModel adapter = new TestModel();

  @BeforeEach
  void makeModels() {
    models = scratch.resolve("models");
    out = scratch.resolve("out");
    var random = new Random(5);
    target.withRandom(MODULE + ".weight", Dtype.BF16, List.of(37L, 53L), random);
    target.withRandom("model.norm.weight", Dtype.BF16, List.of(53L), random);
    adapter.withRandom(A, Dtype.F32, List.of(3L, 53L), random);
    adapter.withRandom(B, Dtype.BF16, List.of(37L, 3L), random);
  }

  private MergeRequest write(String config) throws IOException {
    target.writeTo(models.resolve("target"));
    Path folder = adapter.writeTo(models.resolve("finetuned"));
    Files.move(folder.resolve("model.safetensors"), folder.resolve("adapter_model.safetensors"));
    Files.writeString(folder.resolve("adapter_config.json"), config);
    return MergeRequest.of(null, folder, models.resolve("target"), out);
  }

  private static String config(String more) {
    return "{\"peft_type\":\"LORA\",\"r\":3,\"lora_alpha\":16,\"bias\":\"none\"" + more + "}";
  }

  private void refused(String config, String message) throws IOException {
    MergeRequest request = write(config);
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> MergeEngine.run(request, ProgressListener.NONE))
        .withMessage(message);
    assertThat(out).doesNotExist();
  }

  private TestModel wanted(double scaling, double scale) {
    long[] bits = new long[ROWS * COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        double sum = 0;
        for (int k = 0; k < RANK; k++) {
          sum +=
              adapter.tensors().get(B).value(i * RANK + k)
                  * adapter.tensors().get(A).value(k * COLUMNS + j);
        }
        double own = target.tensors().get(MODULE + ".weight").value(i * COLUMNS + j);
        bits[i * COLUMNS + j] = Reference.toBits(own + sum * scaling * scale, Dtype.BF16);
      }
    }
    var wanted = new TestModel();
    wanted.with(MODULE + ".weight", Dtype.BF16, List.of(37L, 53L), bits);
    TestModel.Tensor norm = target.tensors().get("model.norm.weight");
    return wanted.with("model.norm.weight", Dtype.BF16, norm.shape(), norm.bits());
  }

  private void check(String config, double scaling, KernelChoice kernels) throws Exception {
    MergeRequest request =
        write(config).withScales(List.of(0.7)).withKernels(kernels).withBlockBytes(100);
    MergeEngine.run(request, ProgressListener.NONE);
    Path folder = wanted(scaling, 0.7).writeTo(scratch.resolve("wanted"));
    try (ModelFolder made = ModelFolder.open(out);
        ModelFolder expected = ModelFolder.open(folder)) {
      Checkpoints.assertEqualModels(made, expected);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KernelChoice.class,
      names = {"SCALAR", "VECTOR"})
  void theProductOfTheFactorsIsAdded(KernelChoice kernels) throws Exception {
    check(config(""), 16.0 / 3, kernels);
  }

  @Test
  void rankStabilisedScalingIsByTheRootOfTheRank() throws Exception {
    check(config(",\"use_rslora\":true"), 16 / Math.sqrt(3), KernelChoice.AUTO);
  }

  @Test
  void patternsGiveModulesTheirOwnRankAndAlpha() throws Exception {
    String config =
        "{\"r\":8,\"lora_alpha\":16,\"rank_pattern\":{\"q_proj\":3},\"alpha_pattern\":{\"layers\\\\.0.q_proj\":6}}";
    check(config, 6.0 / 3, KernelChoice.AUTO);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ",\"use_dora\":true | use_dora is true; DoRA is not supported: merge the adapter with PEFT"
            + " first",
        ",\"modules_to_save\":[\"lm_head\"] | modules_to_save is [\"lm_head\"]; fully trained modules"
            + " are not supported: merge the adapter with PEFT first",
        ",\"fan_in_fan_out\":true | fan_in_fan_out is true; transposed layers are not supported",
        ",\"lora_bias\":true | it trains biases; bias must be \"none\"",
        ",\"rank_pattern\":{\"q_proj\":4} | the rank of \"model.layers.0.q_proj\" is 4.0 there and 3"
            + " in the weights"
      })
  void whatIsNotSupportedIsRefusedByName(String more, String message) throws Exception {
    refused(config(more), models.resolve("finetuned/adapter_config.json") + ": " + message);
  }

  @Test
  void aPatternThatWouldTakeForEverIsRefused() throws Exception {
    refused(
        config(",\"rank_pattern\":{\"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)!\":3}"),
        models.resolve("finetuned/adapter_config.json")
            + ": rank_pattern has the pattern \"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)!\", which takes"
            + " too long to match; write it more simply");
  }

  @Test
  void otherKindsOfAdaptersAreRefused() throws Exception {
    refused(
        "{\"peft_type\":\"IA3\"}",
        models.resolve("finetuned/adapter_config.json")
            + ": peft_type is IA3; only LORA is supported");
  }

  @Test
  void otherTensorsAreRefused() throws Exception {
    adapter.with("base_model.model.x.lora_magnitude_vector", Dtype.F32, List.of(1L), 1);
    refused(
        config(""),
        models.resolve("finetuned")
            + ": tensor \"base_model.model.x.lora_magnitude_vector\" is not a LoRA factor of a linear"
            + " layer (base_model.model.….lora_A.weight and .lora_B.weight), and nothing else is"
            + " supported");
  }

  @Test
  void aModuleThatTheTargetLacksIsRefused() throws Exception {
    target.tensors().remove(MODULE + ".weight");
    refused(
        config(""),
        models.resolve("finetuned")
            + ": changes \"model.layers.0.q_proj.weight\", which the target does not have");
  }

  @Test
  void anAdapterInPlaceOfTheTargetIsRefused() throws Exception {
    MergeRequest request = write(config(""));
    Path folder = request.finetuned();
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(
            () ->
                MergeEngine.run(MergeRequest.of(null, folder, folder, out), ProgressListener.NONE))
        .withMessage(
            folder
                + " is an adapter, not a model; only the fine-tuned side may be one, not the target");
  }
}
