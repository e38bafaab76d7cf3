package dev.recycler.activities.store;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import java.io.IOException;
import java.nio.file.Path;

/** Guards folders that lie outside the store, where anybody may write. */
public final class ReleaseFolders {
  private ReleaseFolders() {}

  /** Refuses a release's folder whose content is no longer what the series began with. */
  public static void requireUnchanged(Artifact artifact, ContentDigests digests)
      throws IOException {
    if (artifact.fingerprint() != null) {
      return;
    }
    if (!digests.ofModel(Path.of(artifact.path())).equals(artifact.digest())) {
      throw new StepFailed(
          FailureKind.USER,
          artifact.path()
              + " has changed since the series read it; put the old files back, or start a new"
              + " series with the new ones");
    }
  }
}
