package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a merge leaves behind: a whole model folder, or nothing. */
class MergeEngineTest {
  private static final String EMBED = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final String NORM = "model.norm.weight";

  @TempDir Path scratch;
  private Path models;
  private Path out;
  private final TestModel base = new TestModel();
  private final TestModel finetuned = new TestModel();
  private final TestModel target = new TestModel();

  @BeforeEach
  void makeModels() {
    models = scratch.resolve("models");
    out = scratch.resolve("made/out");
    var random = new Random(1);
    for (TestModel model : List.of(base, finetuned, target)) {
      model.withRandom(EMBED, Dtype.BF16, List.of(6L, 4L), random);
      model.withRandom(NORM, Dtype.BF16, List.of(4L), random);
    }
  }

  private MergeRequest write() throws IOException {
    base.writeTo(models.resolve("base"));
    finetuned.writeTo(models.resolve("finetuned"));
    target.writeTo(models.resolve("target"));
    return Requests.in(models, out);
  }

  private void config(String role, String json) throws IOException {
    Files.createDirectories(models.resolve(role));
    Files.writeString(models.resolve(role).resolve("config.json"), json);
  }

  private JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(file));
  }

  private void assertEquals(Path made, TestModel wanted) throws IOException {
    Path folder = wanted.writeTo(Files.createTempDirectory(scratch, "wanted"));
    try (ModelFolder one = ModelFolder.open(made);
        ModelFolder other = ModelFolder.open(folder)) {
      Checkpoints.assertEqualModels(one, other);
    }
  }

  @Test
  void theFolderIsWholeAndItsDigestsAreTrue() throws Exception {
    MergeRequest request = write();
    config("finetuned", "{\"torch_dtype\":\"float32\",\"vocab_size\":6,\"model_type\":\"llama\"}");
    Files.createDirectory(models.resolve("finetuned/additional_chat_templates"));
    for (String name :
        List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "chat_template.jinja",
            "additional_chat_templates/tools.jinja",
            "generation_config.json",
            "LICENSE",
            "training_args.bin",
            "optimizer.pt")) {
      Files.writeString(models.resolve("finetuned").resolve(name), "of the fine-tuned: " + name);
    }
    Files.writeString(models.resolve("target/tokenizer.json"), "of the target");

    MergeReport report = MergeEngine.run(request, ProgressListener.NONE);

    try (var listing = Files.list(out)) {
      assertThat(listing.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "model.safetensors",
              "config.json",
              "tokenizer.json",
              "tokenizer_config.json",
              "chat_template.jinja",
              "additional_chat_templates",
              "generation_config.json",
              "LICENSE",
              "README.md",
              "recycler.json");
    }
    assertThat(out.resolve("tokenizer.json")).hasContent("of the fine-tuned: tokenizer.json");
    assertThat(json(out.resolve("config.json")).path("torch_dtype").asText()).isEqualTo("bfloat16");
    assertThat(report.notes()).containsExactly("config.json: torch_dtype was float32, is bfloat16");
    assertThat(report.tensors()).isEqualTo(2);
    assertThat(report.values()).isEqualTo(28);
    assertThat(report.bytesRead()).isEqualTo(3 * 56);
    MergeReport.Output output = report.outputs().getFirst();
    assertThat(output.folder()).isEqualTo(out);
    JsonNode lineage = json(out.resolve("recycler.json")).path("files");
    assertThat(output.files()).hasSize(9);
    for (MergeReport.OutputFile file : output.files()) {
      byte[] bytes = Files.readAllBytes(out.resolve(file.name()));
      assertThat(file.bytes()).as(file.name()).isEqualTo(bytes.length);
      assertThat(file.sha256())
          .as(file.name())
          .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
      assertThat(lineage.path(file.name()).path("sha256").asText()).isEqualTo(file.sha256());
    }
    assertThat(out.resolve("README.md"))
        .content()
        .startsWith("---\nlibrary_name: transformers\nbase_model:\n- \"target\"\n")
        .contains("merged = target + 1.0 · (finetuned − base)")
        .contains(output.files().getFirst().sha256());
    try (var listing = Files.list(out.getParent())) {
      assertThat(listing).containsExactly(out);
    }
  }

  @Test
  void severalScalesComeOutOfOneReading() throws Exception {
    MergeRequest request = write().withScales(List.of(1.0, 0.5, -2.0)).withBlockBytes(16);
    MergeReport report = MergeEngine.run(request, ProgressListener.NONE);
    assertThat(report.bytesRead()).isEqualTo(3 * 56);
    for (double scale : request.sum().scales()) {
      Path folder = out.resolve(ModelCard.scaleFolder(scale));
      assertEquals(folder, TestModel.merged(base, finetuned, target, scale, false));
    }
    assertThat(report.outputs())
        .extracting(output -> output.folder().getFileName().toString())
        .containsExactly("scale-1", "scale-0.5", "scale--2");
  }

  @Test
  void shardsFollowTheTargetUnlessAskedOtherwise() throws Exception {
    MergeRequest request = write();
    Folders.delete(models.resolve("target"));
    target.writeTo(models.resolve("target"), 48);
    MergeEngine.run(request, ProgressListener.NONE);
    try (ModelFolder made = ModelFolder.open(out)) {
      assertThat(made.weightFiles())
          .containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    }
    Path single = scratch.resolve("single");
    MergeEngine.run(Requests.in(models, single).withShardSize(1000), ProgressListener.NONE);
    try (ModelFolder made = ModelFolder.open(single)) {
      assertThat(made.weightFiles()).containsExactly("model.safetensors");
    }
  }

  @Test
  void excludedTensorsAreTheTargets() throws Exception {
    base.with("rotary_emb.inv_freq", Dtype.F32, List.of(1L), 1);
    MergeRequest request = write().withExclude(List.of("*norm*", "*rotary*"));
    MergeReport report = MergeEngine.run(request, ProgressListener.NONE);
    assertEquals(
        out,
        TestModel.merged(base, finetuned, target, 1, false)
            .with(NORM, Dtype.BF16, List.of(4L), target.tensors().get(NORM).bits()));
    assertThat(report.notes())
        .contains("rotary_emb.inv_freq is left out: it is excluded, and the target has none");
  }

  @Test
  void onlyIncludedTensorsAreMergedAndScalesMayDiffer() throws Exception {
    MergeRequest request = write().withInclude(List.of("*norm*"));
    MergeEngine.run(request, ProgressListener.NONE);
    TestModel wanted = TestModel.merged(base, finetuned, target, 1, false);
    assertEquals(
        out, wanted.with(EMBED, Dtype.BF16, List.of(6L, 4L), target.tensors().get(EMBED).bits()));

    Path other = scratch.resolve("other");
    MergeEngine.run(
        Requests.in(models, other).withScaleFor(Map.of("*norm*", 0.25)), ProgressListener.NONE);
    TestModel quarter = TestModel.merged(base, finetuned, target, 0.25, false);
    assertEquals(
        other,
        TestModel.merged(base, finetuned, target, 1, false)
            .with(NORM, Dtype.BF16, List.of(4L), quarter.tensors().get(NORM).bits()));
  }

  @Test
  void truncatedEmbeddingsKeepTheSharedRowsAndCorrectTheConfig() throws Exception {
    finetuned.withRandom(EMBED, Dtype.BF16, List.of(9L, 4L), new Random(2));
    MergeRequest request = write().withEmbeddings(EmbeddingsPolicy.TRUNCATE);
    config("finetuned", "{\"dtype\":\"bfloat16\",\"text_config\":{\"vocab_size\":9}}");
    MergeReport report = MergeEngine.run(request, ProgressListener.NONE);
    long[] all = TestModel.merged(base, finetuned, target, 1, false).tensors().get(EMBED).bits();
    assertEquals(
        out,
        TestModel.merged(base, finetuned, target, 1, false)
            .with(EMBED, Dtype.BF16, List.of(6L, 4L), java.util.Arrays.copyOf(all, 24)));
    assertThat(json(out.resolve("config.json")).at("/text_config/vocab_size").asInt()).isEqualTo(6);
    assertThat(report.padded()).containsExactly(EMBED);
    assertThat(report.notes()).contains("config.json: vocab_size was 9, is 6");
  }

  @Test
  void aTokenizerWithTokensThatWereCutIsTold() throws Exception {
    finetuned.withRandom(EMBED, Dtype.BF16, List.of(9L, 4L), new Random(2));
    MergeRequest request = write().withEmbeddings(EmbeddingsPolicy.TRUNCATE);
    Files.writeString(models.resolve("finetuned/tokenizer.json"), "{}");
    MergeReport report = MergeEngine.run(request, ProgressListener.NONE);
    assertThat(report.notes())
        .containsOnlyOnce(
            "the last 3 of the fine-tuned model's tokens have no embedding any more, but its"
                + " tokenizer, which the output has, may still give them: keep them out of texts, or"
                + " put the target's tokenizer in its place");
  }

  @Test
  void anExcludedEmbeddingCorrectsTheVocabularyOfTheConfig() throws Exception {
    finetuned.withRandom(EMBED, Dtype.BF16, List.of(9L, 4L), new Random(2));
    MergeRequest request = write().withExclude(List.of("*embed*"));
    config("finetuned", "{\"vocab_size\":9}");
    MergeEngine.run(request, ProgressListener.NONE);
    assertThat(json(out.resolve("config.json")).path("vocab_size").asInt()).isEqualTo(6);
  }

  @Test
  void anEmbeddingIsNotExcludedWithoutItsHeadWhereTheirRowsWouldDiffer() throws Exception {
    base.withRandom(HEAD, Dtype.BF16, List.of(6L, 4L), new Random(3));
    target.withRandom(HEAD, Dtype.BF16, List.of(6L, 4L), new Random(4));
    finetuned.withRandom(EMBED, Dtype.BF16, List.of(9L, 4L), new Random(2));
    finetuned.withRandom(HEAD, Dtype.BF16, List.of(9L, 4L), new Random(5));
    MergeRequest request = write().withExclude(List.of("*embed*"));
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(() -> MergeEngine.run(request, ProgressListener.NONE))
        .withMessage(
            "tensor \"lm_head.weight\" would have 9 rows and \"model.embed_tokens.weight\" 6, and"
                + " no model can be loaded with both; include or exclude both");
  }

  @Test
  void aDifferenceUntiesTheConfigAsTheMergeDoes() throws Exception {
    base.withRandom(HEAD, Dtype.BF16, List.of(6L, 4L), new Random(3));
    target.withRandom(HEAD, Dtype.BF16, List.of(6L, 4L), new Random(4));
    MergeRequest request = write();
    config("finetuned", "{\"tie_word_embeddings\":true}");
    Path diff = scratch.resolve("diff");
    DiffEngine.extract(
        MergeRequest.of(request.base().get(), request.finetuned(), request.target(), diff),
        ProgressListener.NONE);
    MergeEngine.run(MergeRequest.of(null, diff, request.target(), out), ProgressListener.NONE);
    assertThat(json(out.resolve("config.json")).path("tie_word_embeddings").asBoolean(true))
        .isFalse();
  }

  @Test
  void aFolderNamedLikeALicenceIsPassedOver() throws Exception {
    MergeRequest request = write();
    Files.createDirectories(models.resolve("finetuned/LICENSES"));
    MergeEngine.run(request, ProgressListener.NONE);
    assertThat(out.resolve("LICENSES")).doesNotExist();
  }

  @Test
  void aHeadThatOnlySomeStoreIsTheEmbedding() throws Exception {
    base.withRandom(HEAD, Dtype.BF16, List.of(6L, 4L), new Random(3));
    target.withRandom(HEAD, Dtype.BF16, List.of(6L, 4L), new Random(4));
    MergeRequest request = write();
    config("finetuned", "{\"tie_word_embeddings\":true}");
    MergeReport report = MergeEngine.run(request, ProgressListener.NONE);
    finetuned.with(HEAD, Dtype.BF16, List.of(6L, 4L), finetuned.tensors().get(EMBED).bits());
    assertEquals(out, TestModel.merged(base, finetuned, target, 1, false));
    assertThat(json(out.resolve("config.json")).path("tie_word_embeddings").asBoolean()).isFalse();
    assertThat(report.notes())
        .contains(
            "lm_head.weight is not in finetuned, where the embedding stands for it; the output has"
                + " a head of its own and says tie_word_embeddings: false");
  }

  @Test
  void aStoredHeadThatEqualsTheEmbeddingIsLeftOutWhereTheFinetunedModelTiesIt() throws Exception {
    TestModel wanted = TestModel.merged(base, finetuned, target, 1, false);
    base.with(HEAD, Dtype.BF16, List.of(6L, 4L), base.tensors().get(EMBED).bits());
    MergeRequest request = write();
    MergeReport report = MergeEngine.run(request, ProgressListener.NONE);
    assertEquals(out, wanted);
    assertThat(report.notes())
        .contains(
            "lm_head.weight of base equals its embedding and is left out, since the fine-tuned"
                + " model ties them");
  }

  @Test
  void namesMayDifferByAPrefix() throws Exception {
    TestModel wanted = TestModel.merged(base, finetuned, target, 1, false);
    var bare = new TestModel();
    base.tensors()
        .forEach(
            (name, tensor) ->
                bare.with(
                    name.substring("model.".length()),
                    tensor.dtype(),
                    tensor.shape(),
                    tensor.bits()));
    write();
    Folders.delete(models.resolve("base"));
    bare.writeTo(models.resolve("base"));
    MergeEngine.run(Requests.in(models, out).withIgnorePrefix("model."), ProgressListener.NONE);
    assertEquals(out, wanted);
  }

  @Test
  void aCancelledMergeLeavesNothing() throws Exception {
    MergeRequest request = write();
    ProgressListener cancelling =
        new ProgressListener() {
          @Override
          public void progress(MergeProgress progress) {}

          @Override
          public boolean cancelled() {
            return true;
          }
        };
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> MergeEngine.run(request, cancelling))
        .withMessage("the merge was cancelled");
    assertThat(out.getParent()).isEmptyDirectory();
  }

  @Test
  void anInterruptedMergeLeavesNothing() throws Exception {
    MergeRequest request = write();
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> MergeEngine.run(request, ProgressListener.NONE))
        .withMessage("the merge was interrupted");
    assertThat(Thread.interrupted()).isFalse();
    assertThat(out.getParent())
        .satisfiesAnyOf(
            parent -> assertThat(parent).doesNotExist(),
            parent -> assertThat(parent).isEmptyDirectory());
  }

  @Test
  void analysisAgreesWithAPlainComputation() throws Exception {
    MergeRequest request = write().withAnalyze(true).withBlockBytes(8);
    DeltaStats stats =
        MergeEngine.run(request, ProgressListener.NONE).analysis().orElseThrow().all();
    double delta = 0;
    double distance = 0;
    double product = 0;
    for (String name : base.tensors().keySet()) {
      for (int i = 0; i < base.tensors().get(name).bits().length; i++) {
        double d = finetuned.tensors().get(name).value(i) - base.tensors().get(name).value(i);
        double away = target.tensors().get(name).value(i) - base.tensors().get(name).value(i);
        delta += d * d;
        distance += away * away;
        product += d * away;
      }
    }
    assertThat(stats.values()).isEqualTo(28);
    assertThat(stats.deltaNorm()).isCloseTo(Math.sqrt(delta), within(1e-12));
    assertThat(stats.targetDistance()).isCloseTo(Math.sqrt(distance), within(1e-12));
    assertThat(stats.cosine()).isCloseTo(product / Math.sqrt(delta * distance), within(1e-12));
    assertEquals(out, TestModel.merged(base, finetuned, target, 1, false));
  }

  @Test
  void writingIntoAFolderPublishesNothing() throws Exception {
    MergeRequest request = write();
    Path staging = Files.createDirectory(scratch.resolve("staging"));
    MergeEngine.writeInto(request, staging, ProgressListener.NONE);
    assertThat(out).doesNotExist();
    assertEquals(staging, TestModel.merged(base, finetuned, target, 1, false));
    assertThat(staging.resolve("recycler.json")).doesNotExist();
  }
}
