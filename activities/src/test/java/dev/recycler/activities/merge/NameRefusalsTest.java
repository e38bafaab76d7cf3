package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensor names that do not fit are listed, with what they look like and what settles it. */
class NameRefusalsTest {
  @TempDir Path scratch;
  private final TestModel base = new TestModel();
  private final TestModel finetuned = new TestModel();
  private final TestModel target = new TestModel();

  @BeforeEach
  void makeModels() {
    for (TestModel model : List.of(base, finetuned, target)) {
      model.withRandom("model.w", Dtype.BF16, List.of(3L, 2L), new Random(1));
    }
  }

  private MergeRequest write() throws IOException {
    base.writeTo(scratch.resolve("base"));
    finetuned.writeTo(scratch.resolve("finetuned"));
    target.writeTo(scratch.resolve("target"));
    return Requests.in(scratch, scratch.resolve("out"));
  }

  private void refused(MergeRequest request, String message) {
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> MergeEngine.run(request, ProgressListener.NONE))
        .withMessage(message);
    assertThat(request.out()).doesNotExist();
  }

  @Test
  void aHeadWithoutAKnownEmbeddingIsRecognised() throws IOException {
    target.with("lm_head.weight", Dtype.BF16, List.of(1L), 1);
    refused(
        write(),
        "the models do not hold the same tensors: base lacks \"lm_head.weight\", finetuned lacks"
            + " \"lm_head.weight\"; the head may be tied to an embedding that is not recognised: take"
            + " the target's by --exclude \"*lm_head*\"");
  }

  @Test
  void adapterWeightsInAModelAreRecognised() throws IOException {
    finetuned.with("model.q.lora_A.weight", Dtype.BF16, List.of(1L), 1);
    finetuned.with("model.q.base_layer.weight", Dtype.BF16, List.of(1L), 1);
    refused(
        write(),
        "the models do not hold the same tensors: base lacks \"model.q.base_layer.weight\","
            + " \"model.q.lora_A.weight\", target lacks \"model.q.base_layer.weight\","
            + " \"model.q.lora_A.weight\"; there are adapter weights among them: save the adapter as"
            + " a folder of its own");
  }

  @Test
  void aNameWithAndWithoutThePrefixIsRefused() throws IOException {
    base.with("w", Dtype.BF16, List.of(1L), 1);
    refused(
        write().withIgnorePrefix("model."),
        scratch.resolve("base")
            + ": tensor \"w\" is there both with and without the prefix \"model.\"");
  }

  @Test
  void aModelWithoutTensorsIsRefused() throws IOException {
    target.tensors().clear();
    refused(write(), scratch.resolve("target") + " holds no tensors");
  }

  @Test
  void mistypedPatternsAreRefused() throws IOException {
    MergeRequest request = write();
    String hint = "matches no tensor; names look like \"model.w\", and * stands for any characters";
    refused(request.withInclude(List.of("*norm*")), "--include \"*norm*\" " + hint);
    refused(request.withScaleFor(Map.of("*norm*", 0.5)), "--scale-for \"*norm*\" " + hint);
  }

  @Test
  void integersOfTheFinetunedModelMustBeTheTargets() throws IOException {
    for (TestModel model : List.of(base, finetuned, target)) {
      model.with("steps", Dtype.I64, List.of(2L), 1, model == finetuned ? 3 : 2);
    }
    refused(
        write(),
        "tensor \"steps\" (I64) differs between finetuned and target; integer tensors must be equal"
            + " in all models");
  }
}
