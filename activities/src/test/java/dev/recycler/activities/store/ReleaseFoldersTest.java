package dev.recycler.activities.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.Artifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseFoldersTest {
  @TempDir Path folder;

  @Test
  void aReleaseThatChangedSinceItWasReadIsRefused() throws IOException {
    ContentDigests digests = ArtifactStore.open(folder.resolve("store")).digests(() -> {});
    Path release = Files.createDirectory(folder.resolve("M1"));
    Files.writeString(release.resolve("model.safetensors"), "weights");
    Artifact read = new Artifact(release.toString(), digests.ofModel(release), null, false);
    assertThatCode(() -> ReleaseFolders.requireUnchanged(read, digests)).doesNotThrowAnyException();

    Files.writeString(release.resolve("model.safetensors"), "other weights");

    assertThatThrownBy(() -> ReleaseFolders.requireUnchanged(read, digests))
        .isInstanceOf(StepFailed.class)
        .hasMessageContaining(release + " has changed since the series read it");
  }
}
