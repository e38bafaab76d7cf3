package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
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

/** What {@code diff} and {@code analyze} refuse. */
class DiffRefusalsTest {
  @TempDir Path scratch;
  private Path out;

  @BeforeEach
  void makeModels() throws IOException {
    out = scratch.resolve("out");
    for (String role : List.of("base", "finetuned", "target")) {
      new TestModel()
          .withRandom("w", Dtype.BF16, List.of(3L, 2L), new Random(role.length()))
          .writeTo(scratch.resolve(role));
    }
  }

  private MergeRequest request() {
    return Requests.in(scratch, out);
  }

  private void refused(MergeRequest request, String message) {
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> DiffEngine.extract(request, ProgressListener.NONE))
        .withMessage(message);
    assertThat(scratch.resolve(".out.recycler-staging")).doesNotExist();
  }

  private void notMeasured(MergeRequest request, Optional<Path> target, String message) {
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> DiffEngine.analyze(request, target, ProgressListener.NONE))
        .withMessage(message);
  }

  @Test
  void aNarrowTypeIsRefused() {
    refused(
        request().withDtype(Dtype.BF16),
        "a difference is written as float32 or float64, not as bfloat16");
  }

  @Test
  void withoutABaseThereIsNoDifference() {
    MergeRequest request =
        MergeRequest.of(null, scratch.resolve("finetuned"), scratch.resolve("target"), out);
    refused(request, "no base is given to take away");
    notMeasured(request, Optional.empty(), "no base is given to compare with");
  }

  @Test
  void theOutputMayNotLieInAnInput() {
    Path inside = scratch.resolve("base/out");
    refused(
        Requests.in(scratch, inside),
        "the output folder %s lies inside the input %s; give another --out"
            .formatted(inside, scratch.resolve("base")));
  }

  @Test
  void nothingLeftToWriteIsRefused() {
    refused(
        request().withExclude(List.of("*")), "no tensor is left to write; exclude fewer of them");
  }

  @Test
  void aDifferenceOfADifferenceIsRefused() throws Exception {
    DiffEngine.extract(request(), ProgressListener.NONE);
    MergeRequest again =
        MergeRequest.of(scratch.resolve("base"), out, out, scratch.resolve("again"));
    String message =
        out + " is a difference, not a model; both sides of a difference must be models";
    refused(again, message);
    notMeasured(again, Optional.empty(), message);
    notMeasured(request(), Optional.of(out), message);
  }

  @Test
  void anAdapterCanBeMeasuredButNotExtracted() throws Exception {
    Path adapter = scratch.resolve("adapter");
    new TestModel()
        .withRandom("base_model.model.w.lora_A.weight", Dtype.F32, List.of(1L, 2L), new Random(1))
        .withRandom("base_model.model.w.lora_B.weight", Dtype.F32, List.of(3L, 1L), new Random(2))
        .writeTo(adapter);
    Files.move(adapter.resolve("model.safetensors"), adapter.resolve("adapter_model.safetensors"));
    refused(
        MergeRequest.of(scratch.resolve("base"), adapter, adapter, out),
        adapter + " is an adapter, not a model; both sides of a difference must be models");
  }

  @Test
  void aQuantizedTargetIsNotMeasured() throws IOException {
    Path config = scratch.resolve("target/config.json");
    Files.writeString(config, "{\"quantization_config\":{\"quant_method\":\"fp8\"}}");
    notMeasured(
        request(),
        Optional.of(scratch.resolve("target")),
        config
            + " says that the model is quantized (fp8), and quantized weights cannot be merged; use"
            + " the model in bfloat16, float16 or float32");
  }
}
