package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
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

/** Adapters that are broken, do not fit, or mean something else than B·A. */
class AdapterRefusalsTest {
  private static final String A = "base_model.model.q.lora_A.weight";
  private static final String B = "base_model.model.q.lora_B.weight";

  @TempDir Path scratch;
  private final TestModel target = new TestModel();
  private final TestModel adapter = new TestModel();
  private Path folder;

  @BeforeEach
  void makeModels() {
    folder = scratch.resolve("adapter");
    target.withRandom("q.weight", Dtype.BF16, List.of(7L, 5L), new Random(1));
    adapter.withRandom(A, Dtype.F32, List.of(3L, 5L), new Random(2));
    adapter.withRandom(B, Dtype.F32, List.of(7L, 3L), new Random(3));
  }

  private MergeRequest write(String more) throws IOException {
    target.writeTo(scratch.resolve("target"));
    adapter.writeTo(folder);
    Files.move(folder.resolve("model.safetensors"), folder.resolve("adapter_model.safetensors"));
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"peft_type\":\"LORA\",\"r\":3,\"lora_alpha\":6" + more + "}");
    return MergeRequest.of(null, folder, scratch.resolve("target"), scratch.resolve("out"));
  }

  private void refused(MergeRequest request, String message) {
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> MergeEngine.run(request, ProgressListener.NONE))
        .withMessage(message);
    assertThat(request.out()).doesNotExist();
  }

  @Test
  void anAdapterWithoutItsConfigIsRefused() throws IOException {
    MergeRequest request = write("");
    Files.delete(folder.resolve("adapter_config.json"));
    refused(request, folder + " has adapter weights but no adapter_config.json");
  }

  @Test
  void aFactorWithoutItsPartnerIsRefused() throws IOException {
    adapter.tensors().remove(A);
    refused(write(""), "%s: tensor \"%s\" has no partner \"%s\"".formatted(folder, B, A));
  }

  @Test
  void factorsOfDifferentRanksAreRefused() throws IOException {
    adapter.withRandom(B, Dtype.F32, List.of(7L, 2L), new Random(3));
    refused(write(""), folder + ": the factors of \"q\" have ranks 3 and 2");
  }

  @Test
  void factorsOfOtherTypesAndShapesAreRefused() throws IOException {
    adapter.withRandom(A, Dtype.F64, List.of(3L, 5L), new Random(2));
    refused(
        write(""),
        "%s: tensor \"%s\" is F64; factors must be BF16, F16 or F32".formatted(folder, A));
  }

  @Test
  void factorsOfConvolutionsAreRefused() throws IOException {
    adapter.withRandom(A, Dtype.F32, List.of(3L, 5L, 1L), new Random(2));
    refused(
        write(""),
        "%s: tensor \"%s\" has shape [3, 5, 1]; a factor of a linear layer has two dimensions"
            .formatted(folder, A));
  }

  @Test
  void aModuleOfAnotherShapeIsRefused() throws IOException {
    target.withRandom("q.weight", Dtype.BF16, List.of(7L, 6L), new Random(1));
    refused(
        write(""),
        folder + ": \"q.weight\" has shape [7, 5] in the adapter and [7, 6] in the target");
  }

  @Test
  void aBaseThatLacksAModuleIsRefused() throws IOException {
    MergeRequest request = write("");
    new TestModel()
        .withRandom("k.weight", Dtype.BF16, List.of(7L, 5L), new Random(1))
        .writeTo(scratch.resolve("base"));
    refused(
        MergeRequest.of(scratch.resolve("base"), folder, request.target(), request.out()),
        folder + ": changes \"q.weight\", which the base does not have");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ",\"layer_replication\":[[0,4],[2,5]] | layer_replication is set, which is not supported:"
            + " merge the adapter with PEFT first",
        ",\"alora_invocation_tokens\":[1] | alora_invocation_tokens is set, which is not supported:"
            + " merge the adapter with PEFT first",
        ",\"use_qalora\":true | use_qalora is set, which is not supported: merge the adapter with"
            + " PEFT first",
        ",\"init_lora_weights\":\"pissa_niter_4\" | init_lora_weights is pissa_niter_4, so it belongs"
            + " to a base that PEFT changes when it loads the adapter; save it with"
            + " path_initial_model_for_weight_conversion, or merge it with PEFT first",
        ",\"lora_alpha\":\"much\" | lora_alpha of \"q\" is not a finite number",
        ",\"alpha_pattern\":{\"(\":1} | alpha_pattern has the invalid pattern \"(\"",
        ",\"bias\":\"all\" | it trains biases; bias must be \"none\""
      })
  void whatMeansSomethingElseIsRefusedByName(String more, String message) throws IOException {
    refused(write(more), folder.resolve("adapter_config.json") + ": " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ",\"use_qalora\":false,\"use_bdlora\":null,\"kasa_config\":null,\"arrow_config\":null",
        ",\"init_lora_weights\":\"gaussian\",\"layer_replication\":null",
        ",\"init_lora_weights\":true,\"qalora_group_size\":16"
      })
  void whatPeftWritesByDefaultIsAccepted(String more) throws Exception {
    assertThat(MergeEngine.preview(write(more)).merged()).isEqualTo(1);
  }
}
