package dev.recycler.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.step.ThisHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
  private static final Fingerprint STEP = Fingerprint.of("merge", Map.of("scale", 1.0));

  @TempDir Path folder;
  private ArtifactStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = ArtifactStore.open(folder.resolve("the store"));
  }

  @Test
  void aPublishedArtifactIsFoundWithItsDigestsAndItsResult() throws IOException {
    StoredArtifact published = publish("weights", "shape");

    StoredArtifact found = store.find(STEP).orElseThrow();

    assertThat(found).isEqualTo(published);
    assertThat(found.folder()).isEqualTo(store.root().resolve("artifacts/merge/" + STEP.hex()));
    assertThat(found.files())
        .extracting(FileDigest::path)
        .containsExactly("config.json", "model.safetensors");
    assertThat(found.files().get(1).sha256())
        .isEqualTo(Sha256.of("weights".getBytes(StandardCharsets.UTF_8)));
    assertThat(found.result().asText()).isEqualTo("the result");
    assertThat(found.record().path("started").asText()).isEqualTo("2026-01-02T03:04:05Z");
  }

  @Test
  void whatIsOnlyStagedIsNotFoundAndLeavesNothingBehind() throws IOException {
    try (Staging staging = store.stage(STEP)) {
      Files.writeString(staging.folder().resolve("model.safetensors"), "half");
      assertThat(store.find(STEP)).isEmpty();
    }
    assertThat(entries("staging")).isEmpty();
  }

  @Test
  void publishingTwiceKeepsTheFirst() throws IOException {
    StoredArtifact first = publish("weights", "shape");
    StoredArtifact second = publish("other weights", "shape");

    assertThat(second).isEqualTo(first);
    assertThat(first.folder().resolve("model.safetensors")).hasContent("weights");
    assertThat(entries("staging")).isEmpty();
  }

  @Test
  void theSweepRemovesWhatADeadProcessLeftAndNothingElse() throws IOException {
    Staging alive = store.stage(STEP);
    Path dead = Files.createDirectory(store.root().resolve("staging/merge-dead"));
    Files.writeString(dead.resolve("model.safetensors"), "half");
    Files.write(
        store.root().resolve("staging/merge-dead.owner"),
        List.of(ThisHost.name(), "1", "long before"));
    Path powerless = Files.createDirectory(store.root().resolve("staging/merge-powerless"));
    Files.createFile(store.root().resolve("staging/merge-powerless.owner"));
    Path foreign = Files.createDirectory(store.root().resolve("staging/merge-foreign"));
    Files.write(
        store.root().resolve("staging/merge-foreign.owner"),
        List.of("another-host.invalid", "1", "long before"));
    Files.write(
        store.root().resolve("staging/.merge-claiming.owner"),
        List.of(ThisHost.name(), "1", "long before"));
    Files.createFile(store.root().resolve("staging/.merge-beginning.owner"));
    Path old = Files.createFile(store.root().resolve("staging/.merge-begun.owner"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

    store.sweep();

    assertThat(dead).doesNotExist();
    assertThat(powerless).doesNotExist();
    assertThat(foreign).exists();
    assertThat(alive.folder()).exists();
    alive.close();
    assertThat(entries("staging"))
        .containsExactlyInAnyOrder(
            "merge-foreign", "merge-foreign.owner", ".merge-beginning.owner");
  }

  @Test
  void theDigestIsOfTheModelAndNotOfItsCardOrTheTrainersState() throws IOException {
    Path one = model("one", Map.of("model.safetensors", "w", "config.json", "{}"));
    Path same =
        model(
            "same",
            Map.of(
                "model.safetensors", "w",
                "config.json", "{}",
                "README.md", "a card",
                "training_args.bin", "a pickle",
                "trainer_state.json", "{}"));
    Path tokenizer =
        model(
            "tokenizer",
            Map.of("model.safetensors", "w", "config.json", "{}", "tokenizer.json", "{}"));

    assertThat(store.digests(ArtifactStoreTest::tick).ofModel(same))
        .isEqualTo(store.digests(ArtifactStoreTest::tick).ofModel(one));
    assertThat(store.digests(ArtifactStoreTest::tick).ofModel(tokenizer))
        .isNotEqualTo(store.digests(ArtifactStoreTest::tick).ofModel(one));
  }

  @Test
  void aChangedFileChangesTheDigestAlsoWhenItWasRemembered() throws IOException {
    Path model = model("model", Map.of("model.safetensors", "one"));
    String before = store.digests(ArtifactStoreTest::tick).ofModel(model);
    assertThat(store.digests(ArtifactStoreTest::tick).ofModel(model)).isEqualTo(before);

    Files.writeString(model.resolve("model.safetensors"), "two");
    Files.setLastModifiedTime(
        model.resolve("model.safetensors"), FileTime.from(Instant.now().plusSeconds(1)));

    assertThat(store.digests(ArtifactStoreTest::tick).ofModel(model)).isNotEqualTo(before);
  }

  @Test
  void aTornCacheEntryOnlyCostsAnotherRead() throws IOException {
    Path model = model("model", Map.of("model.safetensors", "one"));
    String before = store.digests(ArtifactStoreTest::tick).ofModel(model);
    try (Stream<Path> cached = Files.list(store.root().resolve("cache"))) {
      Files.writeString(cached.findFirst().orElseThrow(), "{\"path\":");
    }
    assertThat(store.digests(ArtifactStoreTest::tick).ofModel(model)).isEqualTo(before);
  }

  @Test
  void theOrderOfKeysDoesNotChangeAFingerprint() {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("learning_rate", "5e-6");
    one.put("seed", "1");
    Map<String, Object> other = new LinkedHashMap<>();
    other.put("seed", "1");
    other.put("learning_rate", "5e-6");
    assertThat(Fingerprint.of("finetune", Map.of("arguments", one)))
        .isEqualTo(Fingerprint.of("finetune", Map.of("arguments", other)))
        .isNotEqualTo(Fingerprint.of("evaluate", Map.of("arguments", one)));
  }

  @Test
  void anOperationCannotNameAnotherFolder() {
    assertThatThrownBy(() -> Fingerprint.of("../merge", Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void stepsAreFoundByNameThroughLinksThatMoveWithTheStore() throws IOException {
    StoredArtifact published = publish("weights", "shape");
    store.link("demo", "M2.direct.merge", published.folder());
    store.link("demo", "M2.direct.merge", published.folder());

    Path link = store.root().resolve("series/demo/M2.direct.merge");
    assertThat(link.resolve("model.safetensors")).hasContent("weights");
    assertThat(Files.readSymbolicLink(link).isAbsolute()).isFalse();
    assertThat(entries("series/demo")).containsExactly("M2.direct.merge");
  }

  @Test
  void aCheckpointHasItsOwnDigest() throws IOException {
    StoredArtifact published;
    try (Staging staging = store.stage(STEP)) {
      Files.writeString(staging.folder().resolve("model.safetensors"), "final");
      Path checkpoint = Files.createDirectories(staging.folder().resolve("checkpoints/step-50"));
      Files.writeString(checkpoint.resolve("model.safetensors"), "half way");
      published = store.publish(staging, lineage(), ArtifactStoreTest::tick);
    }
    assertThat(published.digestOf("checkpoints/step-50"))
        .isEqualTo(
            store
                .digests(ArtifactStoreTest::tick)
                .ofModel(published.folder().resolve("checkpoints/step-50")))
        .isNotEqualTo(published.digest());
    assertThat(published.digest())
        .isEqualTo(store.digests(ArtifactStoreTest::tick).ofModel(published.folder()));
  }

  private static void tick() {}

  private StoredArtifact publish(String weights, String config) throws IOException {
    try (Staging staging = store.stage(STEP)) {
      Files.writeString(staging.folder().resolve("model.safetensors"), weights);
      Files.writeString(staging.folder().resolve("config.json"), config);
      return store.publish(staging, lineage(), ArtifactStoreTest::tick);
    }
  }

  private static Lineage lineage() {
    Instant start = Instant.parse("2026-01-02T03:04:05Z");
    return new Lineage(
        Map.of("scale", 1.0),
        List.of(new Lineage.Input("base", "/models/m1", "abc")),
        List.of(),
        Map.of("recycler", "test"),
        "host",
        start,
        start.plusSeconds(5),
        Map.of("seconds", 5),
        "the result");
  }

  private Path model(String name, Map<String, String> files) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(model.resolve(file.getKey()), file.getValue());
    }
    return model;
  }

  private List<String> entries(String part) throws IOException {
    try (Stream<Path> entries = Files.list(store.root().resolve(part))) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
