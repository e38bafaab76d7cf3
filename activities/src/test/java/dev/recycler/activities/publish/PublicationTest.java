package dev.recycler.activities.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.hub.TinyCheckpoint;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.activities.store.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class PublicationTest {
  private static final Publication.Words WORDS =
      new Publication.Words(null, "apache-2.0", List.of("org/data"));

  @TempDir private Path folder;
  private ArtifactStore store;
  private StoredArtifact model;
  private StoredArtifact score;

  /** A fine-tuning of a merge of three releases, one of them from a hub, with a score. */
  @BeforeEach
  void make() throws IOException {
    store = ArtifactStore.open(folder.resolve("store"));
    Path m1 = TinyCheckpoint.write(folder.resolve("m1"), 1, 8);
    Path tuned = TinyCheckpoint.write(folder.resolve("m1-tuned"), 2, 8);
    Path m2 =
        TinyCheckpoint.write(
            folder.resolve("hub/models--org--m2/snapshots/" + "ab".repeat(20)), 3, 8);
    StoredArtifact merged =
        publish(
            store,
            "merge",
            4,
            Map.of("scale", 0.5),
            List.of(input("base", m1), input("finetuned", tuned), input("target", m2)),
            null);
    model =
        publish(
            store,
            "finetune",
            5,
            Map.of(
                "trainer",
                "trl",
                "tool",
                "trl 1.16.0",
                "arguments",
                Map.of("learning_rate", "5e-6"),
                "environment",
                Map.of("SECRET_NAME", "hidden")),
            List.of(
                new Lineage.Input("start", merged.folder().toString(), merged.digest()),
                new Lineage.Input("data", folder.resolve("chats").toString(), "d".repeat(64))),
            null);
    score = score(6, "gsm8k", 0.42);
  }

  private StoredArtifact score(int seed, String task, double value) throws IOException {
    return publish(
        store,
        "evaluate",
        seed,
        Map.of("model", model.digest()),
        List.of(),
        Map.of(
            "task",
            task,
            "metric",
            "exact_match,strict",
            "value",
            value,
            "standardError",
            0.01,
            "examples",
            1319,
            "harness",
            "lm-eval 0.4.13"));
  }

  private static Lineage.Input input(String role, Path path) {
    String digest = Integer.toHexString(path.getFileName().hashCode()).repeat(8);
    return new Lineage.Input(role, path.toString(), digest);
  }

  private static StoredArtifact publish(
      ArtifactStore store,
      String operation,
      int seed,
      Map<String, ?> parameters,
      List<Lineage.Input> inputs,
      Object result)
      throws IOException {
    Lineage lineage =
        new Lineage(
            parameters,
            inputs,
            List.of(List.of("secret-command")),
            Map.of("java", "25"),
            "secret-host",
            Instant.EPOCH,
            Instant.EPOCH,
            Map.of("steps", 100),
            result);
    try (Staging staging = store.stage(Fingerprint.of(operation, Map.of("seed", seed)))) {
      TinyCheckpoint.write(staging.folder(), seed, 8);
      return store.publish(staging, lineage, () -> {});
    }
  }

  private Path published(Optional<Dtype> dtype) throws Exception {
    Path out = folder.resolve("out");
    new Publication(model.folder(), dtype, WORDS).to(out);
    return out;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> frontMatter(Path out) throws IOException {
    String card = Files.readString(out.resolve("README.md"));
    String yaml = card.substring(4, card.indexOf("\n---\n"));
    return (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
  }

  @Test
  void theCardNamesOnlyWhatTheHubKnows() throws Exception {
    Path out = published(Optional.empty());

    assertThat(frontMatter(out))
        .containsEntry("license", "apache-2.0")
        .containsEntry("base_model", List.of("org/m2"))
        .containsEntry("base_model_relation", "finetune")
        .containsEntry("datasets", List.of("org/data"))
        .containsEntry("library_name", "transformers")
        .containsEntry("tags", List.of("merge", "recycler"))
        .containsKey("model-index");
    assertThat(Files.readString(out.resolve("README.md")))
        .contains("FT(org/m2@abababababab + 0.5 · (m1-tuned − m1))")
        .contains("| learning_rate | 5e-6 |")
        .contains("| gsm8k | exact_match,strict | 0.4200 ± 0.0100 | 1319 | lm-eval 0.4.13 |");
  }

  /** Models are shared by series; what another one thinks of it is not this one's to say. */
  @Test
  void theCardOfASeriesHasItsScoresAlone() throws Exception {
    store.link("mine", "M2.iterative.finetune", model.folder());
    store.link("mine", "M2.iterative.finetuned.evaluate.gsm8k", score.folder());
    store.link("mine", "M2.direct.finetuned.evaluate.gsm8k", score.folder());
    store.link("another", "M2.plain.finetune", model.folder());
    store.link("another", "M2.plain.finetuned.evaluate.sums", score(7, "sums", 0.75).folder());

    new Publication(model.folder(), Optional.empty(), WORDS).of("mine").to(folder.resolve("a"));
    new Publication(
            folder.resolve("store/series/another/M2.plain.finetune"), Optional.empty(), WORDS)
        .to(folder.resolve("b"));
    new Publication(model.folder(), Optional.empty(), WORDS).to(folder.resolve("c"));

    assertThat(Files.readString(folder.resolve("a/README.md")))
        .containsOnlyOnce("| gsm8k |")
        .doesNotContain("sums")
        .contains("finetune mine/M2.iterative.finetune");
    assertThat(Files.readString(folder.resolve("b/README.md")))
        .contains("| sums |")
        .doesNotContain("gsm8k");
    assertThat(Files.readString(folder.resolve("c/README.md"))).contains("| gsm8k |", "| sums |");
  }

  /** The step that made the model was another series', which read a copy of the release. */
  @Test
  void aBaseIsNamedByTheHubWhereItsBytesAreTheHubs() throws Exception {
    Path copy = TinyCheckpoint.write(folder.resolve("copy"), 9, 8);
    Path snapshot =
        TinyCheckpoint.write(
            folder.resolve("hub/models--org--tiny/snapshots/" + "cd".repeat(20)), 9, 8);
    StoredArtifact tuned =
        publish(
            store,
            "finetune",
            10,
            Map.of("trainer", "trl"),
            List.of(
                new Lineage.Input("start", copy.toString(), store.digests(() -> {}).ofModel(copy))),
            null);
    store.link("mine", "M1.fetch", snapshot);

    new Publication(tuned.folder(), Optional.empty(), WORDS).of("mine").to(folder.resolve("out"));

    assertThat(frontMatter(folder.resolve("out")))
        .containsEntry("base_model", List.of("org/tiny"))
        .containsEntry("base_model_relation", "finetune");
    assertThat(Files.readString(folder.resolve("out/README.md")))
        .contains("FT(org/tiny@cdcdcdcdcdcd)");
  }

  @Test
  void theLineageTellsNothingOfTheMachine() throws Exception {
    Path out = published(Optional.empty());

    String lineage = Files.readString(out.resolve("recycler.json"));
    assertThat(lineage)
        .doesNotContain("secret-host", "secret-command", "SECRET_NAME", folder.toString());
    JsonNode json = new ObjectMapper().readTree(lineage);
    assertThat(json.path("published").path("digest").asText()).isEqualTo(model.digest());
    assertThat(json.path("lineage")).hasSize(6);
    assertThat(out.resolve("model.safetensors"))
        .hasSameBinaryContentAs(model.folder().resolve("model.safetensors"));
  }

  @Test
  void aCastIsSaidToBeOneAndLeavesTheModelAsItIs() throws Exception {
    byte[] before = Files.readAllBytes(model.folder().resolve("model.safetensors"));

    Path out = published(Optional.of(Dtype.BF16));

    try (ModelFolder opened = ModelFolder.open(out)) {
      assertThat(opened.bytes()).isEqualTo(2 * 8);
    }
    assertThat(Files.readString(out.resolve("README.md"))).contains("are cast to BF16");
    assertThat(Files.readString(out.resolve("recycler.json"))).contains("\"cast\" : \"BF16\"");
    assertThat(model.folder().resolve("model.safetensors")).hasBinaryContent(before);
  }

  @Test
  void aPublicationCanBeVerified() throws Exception {
    for (Optional<Dtype> dtype : List.of(Optional.<Dtype>empty(), Optional.of(Dtype.BF16))) {
      Path out = folder.resolve("verified-" + dtype.isPresent());
      new Publication(model.folder(), dtype, WORDS).to(out);
      Files.writeString(out.resolve("README.md"), "A better card.");
      Files.writeString(out.resolve(".gitattributes"), "*.safetensors filter=lfs");
      assertThat(Verification.of(out, () -> {}).problems()).isEmpty();

      Files.writeString(out.resolve("config.json"), "{}");
      Files.writeString(out.resolve("more.safetensors"), "");
      assertThat(Verification.of(out, () -> {}).problems())
          .hasSize(2)
          .anySatisfy(problem -> assertThat(problem).startsWith("config.json has "))
          .anySatisfy(problem -> assertThat(problem).startsWith("more.safetensors is not in"));
    }
  }

  @Test
  void damageToAModelIsNotPublishedAsIfItWereTheModel() throws Exception {
    Path weights = model.folder().resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    assertThat(Verification.of(published(Optional.empty()), () -> {}).problems())
        .singleElement()
        .asString()
        .startsWith("model.safetensors has other bytes than recorded");
  }

  @Test
  void aFolderThatIsThereIsNotOverwritten() throws Exception {
    published(Optional.empty());

    assertThatThrownBy(() -> published(Optional.empty()))
        .isInstanceOf(BadCheckpointException.class)
        .hasMessageContaining("exists already and is never overwritten");
  }
}
