package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.RawFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that do not fit are refused in one sentence, before anything is written. */
class MergeRefusalsTest {
  private static final String EMBED = "model.embed_tokens.weight";

  @TempDir Path scratch;
  private Path models;
  private Path out;
  private final TestModel base = new TestModel();
  private final TestModel finetuned = new TestModel();
  private final TestModel target = new TestModel();

  @BeforeEach
  void makeModels() {
    models = scratch.resolve("models");
    out = scratch.resolve("out");
    for (TestModel model : all()) {
      model.withRandom(EMBED, Dtype.BF16, List.of(3L, 2L), new Random(1));
    }
  }

  @AfterEach
  void nothingIsWritten() {
    assertThat(out).doesNotExist();
    assertThat(scratch.resolve(".out.recycler-staging")).doesNotExist();
    assertThat(scratch.resolve(".out.recycler-lock")).doesNotExist();
  }

  private List<TestModel> all() {
    return List.of(base, finetuned, target);
  }

  private MergeRequest write() throws IOException {
    base.writeTo(models.resolve("base"));
    finetuned.writeTo(models.resolve("finetuned"));
    target.writeTo(models.resolve("target"));
    return Requests.in(models, out);
  }

  private void refused(MergeRequest request, String message) {
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> MergeEngine.run(request, ProgressListener.NONE))
        .withMessage(message);
  }

  @Test
  void namesThatOnlySomeHaveAreListed() throws IOException {
    for (int i = 0; i < 5; i++) {
      finetuned.with("extra." + i, Dtype.BF16, List.of(1L), 1);
    }
    target.with("other", Dtype.BF16, List.of(1L), 1);
    refused(
        write(),
        "the models do not hold the same tensors: base lacks 6 tensors (\"extra.0\", \"extra.1\","
            + " \"extra.2\", …), finetuned lacks \"other\", target lacks 5 tensors (\"extra.0\","
            + " \"extra.1\", \"extra.2\", …); take such tensors from the target, or leave them out"
            + " where it has none, by --exclude");
  }

  @Test
  void rotaryBuffersAreRecognised() throws IOException {
    base.with("model.layers.0.self_attn.rotary_emb.inv_freq", Dtype.F32, List.of(1L), 1);
    refused(
        write(),
        "the models do not hold the same tensors: finetuned lacks"
            + " \"model.layers.0.self_attn.rotary_emb.inv_freq\", target lacks"
            + " \"model.layers.0.self_attn.rotary_emb.inv_freq\"; these are rotary buffers that"
            + " newer models compute: leave them out with --exclude \"*rotary*\"");
  }

  @Test
  void aPrefixIsRecognised() throws IOException {
    target.tensors().clear();
    target.withRandom("embed_tokens.weight", Dtype.BF16, List.of(3L, 2L), new Random(1));
    refused(
        write(),
        "the models do not hold the same tensors: base lacks \"embed_tokens.weight\", finetuned"
            + " lacks \"embed_tokens.weight\", target lacks \"model.embed_tokens.weight\"; the names"
            + " differ by a prefix: compare without it by --ignore-prefix model.");
  }

  @Test
  void shapesMustBeEqual() throws IOException {
    target.withRandom(EMBED, Dtype.BF16, List.of(3L, 4L), new Random(1));
    refused(
        write(),
        "tensor \"model.embed_tokens.weight\" has shape [3, 2] in base, [3, 2] in finetuned, [3, 4]"
            + " in target; shapes must be equal");
  }

  @Test
  void addedRowsAreRefusedWhereThePolicyIsStrict() throws IOException {
    finetuned.withRandom(EMBED, Dtype.BF16, List.of(5L, 2L), new Random(1));
    refused(
        write().withEmbeddings(EmbeddingsPolicy.STRICT),
        "tensor \"model.embed_tokens.weight\" has shape [3, 2] in base, [5, 2] in finetuned, [3, 2]"
            + " in target; --embeddings pad adds rows of zeros, --embeddings truncate cuts");
  }

  @Test
  void onlyTheFinetunedModelMayHaveMoreRows() throws IOException {
    target.withRandom(EMBED, Dtype.BF16, List.of(5L, 2L), new Random(1));
    refused(
        write(),
        "tensor \"model.embed_tokens.weight\" has shape [3, 2] in base, [3, 2] in finetuned, [5, 2]"
            + " in target; only the fine-tuned model may have more rows; --embeddings truncate keeps"
            + " those that all have");
  }

  @Test
  void rowsOfOtherTensorsMustBeEqual() throws IOException {
    for (TestModel model : all()) {
      long rows = model == finetuned ? 3 : 2;
      model.withRandom("mlp.weight", Dtype.BF16, List.of(rows, 2L), new Random(1));
    }
    refused(
        write(),
        "tensor \"mlp.weight\" has shape [2, 2] in base, [3, 2] in finetuned, [2, 2] in target;"
            + " shapes must be equal");
  }

  @Test
  void integersMustBeEqual() throws IOException {
    for (TestModel model : all()) {
      model.with("steps", Dtype.I64, List.of(2L), 1, model == target ? 3 : 2);
    }
    refused(
        write(),
        "tensor \"steps\" (I64) differs between base and target; integer tensors must be equal in"
            + " all models");
  }

  @Test
  void integersAndFloatsDoNotMix() throws IOException {
    base.with("steps", Dtype.I64, List.of(1L), 1);
    finetuned.with("steps", Dtype.I64, List.of(1L), 1);
    target.with("steps", Dtype.F32, List.of(1L), 1);
    refused(
        write(),
        "tensor \"steps\" is I64 in base, I64 in finetuned, F32 in target; integer tensors must be"
            + " equal in all models");
  }

  @Test
  void eightBitFloatsAreRefusedByName() throws IOException {
    MergeRequest request = write();
    String header = "{" + RawFile.entry("w", "F8_E4M3", "[2]", 0, 2) + "}";
    Files.write(models.resolve("target/model.safetensors"), RawFile.bytes(header, new byte[2]));
    refused(
        request,
        models.resolve("target")
            + ": tensor \"w\" is F8_E4M3, which cannot be merged; use the model in bfloat16, float16"
            + " or float32");
  }

  @Test
  void quantizedModelsAreRefusedByName() throws IOException {
    MergeRequest request = write();
    Files.writeString(
        models.resolve("base/config.json"),
        "{\"quantization_config\":{\"quant_method\":\"gptq\"}}");
    refused(
        request,
        models.resolve("base/config.json")
            + " says that the model is quantized (gptq), and quantized weights cannot be merged; use"
            + " the model in bfloat16, float16 or float32");
  }

  @Test
  void aConfigThatIsNoJsonIsRefused() throws IOException {
    MergeRequest request = write();
    Files.writeString(models.resolve("finetuned/config.json"), "[]");
    refused(request, models.resolve("finetuned/config.json") + ": is not a JSON object");
  }

  @Test
  void aPatternThatMatchesNothingIsRefused() throws IOException {
    refused(
        write().withExclude(List.of("*lm_haed*")),
        "--exclude \"*lm_haed*\" matches no tensor; names look like \"model.embed_tokens.weight\","
            + " and * stands for any characters");
  }

  @Test
  void theOutputMayNotLieInAnInput() throws IOException {
    write();
    MergeRequest into = Requests.in(models, models.resolve("base/sub/out"));
    refused(
        into,
        "the output folder %s lies inside the input %s; give another --out"
            .formatted(into.out(), models.resolve("base")));
    MergeRequest same = Requests.in(models, models.resolve("target"));
    refused(
        same, "the output folder %s is also an input; give another --out".formatted(same.out()));
    Path link = Files.createSymbolicLink(scratch.resolve("link"), models.resolve("base"));
    MergeRequest linked = Requests.in(models, link.resolve("out"));
    refused(
        linked,
        "the output folder %s lies inside the input %s; give another --out"
            .formatted(linked.out(), models.resolve("base")));
  }

  @Test
  void whatIsThereIsNeverOverwritten() throws IOException {
    write();
    Path full = Files.createDirectory(scratch.resolve("full"));
    Files.writeString(full.resolve("file"), "mine");
    refused(
        Requests.in(models, full),
        full + " exists already and is never overwritten; remove it or give another --out");
    assertThat(full.resolve("file")).hasContent("mine");
  }

  @Test
  void aSecondMergeToTheSamePlaceIsRefused() throws Exception {
    MergeRequest request = write();
    try (StagedFolder first = StagedFolder.claim(out)) {
      refused(
          request, "another merge is writing %s; wait for it or give another --out".formatted(out));
      assertThat(first.path()).isDirectory();
    }
  }

  @Test
  void aModelNeedsABase() throws IOException {
    write();
    refused(
        MergeRequest.of(null, models.resolve("finetuned"), models.resolve("target"), out),
        "no base is given; only an adapter or an extracted diff needs none");
  }
}
