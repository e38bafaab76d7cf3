package dev.recycler.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.store.FindOrMake.Found;
import dev.recycler.activities.store.FindOrMake.Making;
import dev.recycler.activities.store.FindOrMake.Wanted;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.StepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are not those that were published are never used. */
class DamagedArtifactsTest {
  private static final Fingerprint MERGED = Fingerprint.of("merge", Map.of("of", "M1, M2"));
  private static final Fingerprint TUNED = Fingerprint.of("finetune", Map.of("of", "M2"));

  @TempDir Path root;
  private final FindOrMake steps = new FindOrMake();
  private Path model;
  private Artifact input;

  @BeforeEach
  void publishTheModel() throws Exception {
    StoredArtifact made = make(MERGED, List.of(), DamagedArtifactsTest::publish).artifact();
    model = made.folder();
    input = new Artifact(model.toString(), made.digest(), MERGED.hex(), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "recycler.json"})
  void aDamagedResultIsSetAsideAndMadeAgain(String file) throws Exception {
    damage(model.resolve(file));

    Found again = make(MERGED, List.of(), DamagedArtifactsTest::publish);

    assertThat(again.reused()).isFalse();
    assertThat(model.resolve("model.safetensors")).hasContent("weights");
    assertThat(root.resolve("damaged")).isNotEmptyDirectory();
    assertThat(make(MERGED, List.of(), _ -> fail()).reused()).isTrue();
  }

  @Test
  void nothingIsMadeFromADamagedModel() throws Exception {
    make(TUNED, List.of(input), DamagedArtifactsTest::publish);
    Folders.delete(root.resolve("artifacts/finetune"));
    damage(model.resolve("model.safetensors"));

    assertThatThrownBy(() -> make(TUNED, List.of(input), _ -> fail()))
        .isInstanceOfSatisfying(
            StepFailed.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.INPUT);
              assertThat(e.input()).isEqualTo(model);
            })
        .hasMessageContaining(model + " is no longer what was published");
    assertThat(model).doesNotExist();

    assertThatThrownBy(() -> make(TUNED, List.of(input), _ -> fail()))
        .isInstanceOfSatisfying(StepFailed.class, e -> assertThat(e.input()).isEqualTo(model))
        .hasMessageContaining(model + " is gone from the store");
  }

  @Test
  void whatWasMadeWhileItsInputChangedIsNotPublishedAndNotGoneOnFrom() throws Exception {
    Path work = ArtifactStore.open(root).work(TUNED);
    Files.writeString(work.resolve("checkpoint"), "trained from other bytes");

    assertThatThrownBy(
            () ->
                make(
                    TUNED,
                    List.of(input),
                    making -> {
                      damage(model.resolve("model.safetensors"));
                      return publish(making);
                    }))
        .isInstanceOf(StepFailed.class);

    assertThat(root.resolve("artifacts/finetune")).doesNotExist();
    assertThat(work).doesNotExist();
  }

  @Test
  void anUntouchedModelIsReadOnce() throws Exception {
    make(TUNED, List.of(input), DamagedArtifactsTest::publish);
    int[] blocks = {0};
    steps.findOrMake(
        new Wanted(
            new StepContext("s", "M3.finetune", root.toString()),
            Fingerprint.of("finetune", Map.of("of", "M3")),
            List.of(input)),
        () -> blocks[0]++,
        DamagedArtifactsTest::publish);
    assertThat(blocks[0]).isZero();
  }

  private Found make(Fingerprint fingerprint, List<Artifact> inputs, FindOrMake.Maker maker)
      throws IOException, InterruptedException {
    return steps.findOrMake(
        new Wanted(new StepContext("s", "a.step", root.toString()), fingerprint, inputs),
        () -> {},
        maker);
  }

  private static StoredArtifact publish(Making making) throws IOException {
    try (Staging staging = making.store().stage(making.fingerprint())) {
      Files.writeString(staging.folder().resolve("model.safetensors"), "weights");
      Instant now = Instant.now();
      return making.publish(
          staging,
          new Lineage(Map.of(), List.of(), List.of(), Map.of(), "here", now, now, Map.of(), null),
          () -> {});
    }
  }

  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(file, bytes);
  }

  private static StoredArtifact fail() {
    throw new AssertionError("made again");
  }
}
