package dev.recycler.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  @TempDir private Path folder;
  private Path artifact;

  @BeforeEach
  void publish() throws IOException {
    ArtifactStore store = ArtifactStore.open(folder.resolve("store"));
    try (Staging staging = store.stage(Fingerprint.of("merge", Map.of("a", 1)))) {
      Files.writeString(staging.folder().resolve("model.safetensors"), "weights");
      Files.writeString(staging.folder().resolve("config.json"), "{}");
      Files.createDirectory(staging.folder().resolve("logs"));
      Files.writeString(staging.folder().resolve("logs/attempt-1.log"), "said");
      Lineage lineage =
          new Lineage(
              Map.of(),
              List.of(),
              List.of(),
              Map.of(),
              "h",
              Instant.EPOCH,
              Instant.EPOCH,
              Map.of(),
              null);
      artifact = store.publish(staging, lineage, () -> {}).folder();
    }
  }

  private List<String> problems() throws IOException {
    return Verification.of(artifact, () -> {}).problems();
  }

  @Test
  void aWholeArtifactIsGood() throws IOException {
    Verification found = Verification.of(artifact, () -> {});

    assertThat(found.good()).isTrue();
    assertThat(found.files()).isEqualTo(3);
    assertThat(found.bytes()).isEqualTo(7 + 2 + 4);
    assertThat(Verification.verifiable(folder.resolve("store"))).containsExactly(artifact);
  }

  @Test
  void everyKindOfDamageIsNamed() throws IOException {
    Files.writeString(artifact.resolve("model.safetensors"), "Weights");
    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("model.safetensors has other bytes");

    Files.writeString(artifact.resolve("model.safetensors"), "weight");
    assertThat(problems()).containsExactly("model.safetensors has 6 bytes where 7 are recorded");

    Files.delete(artifact.resolve("model.safetensors"));
    Files.writeString(artifact.resolve("stranger"), "x");
    assertThat(problems())
        .containsExactly(
            "stranger is not in the record: somebody put it there", "model.safetensors is missing");
  }

  @Test
  void aRecordThatWasChangedWithItsFileIsFoundOut() throws IOException {
    Path record = artifact.resolve("recycler.json");
    Files.writeString(artifact.resolve("model.safetensors"), "Weights");
    String sha = Sha256.of("weights".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    String other = Sha256.of("Weights".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Files.writeString(record, Files.readString(record).replace(sha, other));

    assertThat(problems()).singleElement().asString().contains("the record was changed");
  }

  @Test
  void aSnapshotOfTheHubIsCheckedByItsNames() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("models--o--n/blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("models--o--n/snapshots/abc"));
    String sha = Sha256.of("weights".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Files.writeString(blobs.resolve(sha), "weights");
    Files.createSymbolicLink(
        snapshot.resolve("model.safetensors"), Path.of("../../blobs").resolve(sha));
    assertThat(Verification.of(snapshot, () -> {}).good()).isTrue();

    Files.writeString(blobs.resolve(sha), "Weights");

    assertThat(Verification.of(snapshot, () -> {}).problems())
        .singleElement()
        .asString()
        .contains("model.safetensors has other bytes than the hub's");
  }
}
