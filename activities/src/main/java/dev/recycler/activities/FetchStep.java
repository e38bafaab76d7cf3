package dev.recycler.activities;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Steps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks a release's folder and takes the digest of its model. */
final class FetchStep implements Step<Steps.FetchInput, Artifact> {
  @Override
  public Artifact run(Steps.FetchInput input, StepMonitor monitor) throws IOException {
    Path folder = Path.of(input.model());
    if (!Files.isDirectory(folder)) {
      throw new StepFailed(
          FailureKind.USER, folder + " is not a folder; a release's model must be a model folder");
    }
    Beat beat = new Beat(monitor, input.context().step(), "reading");
    ArtifactStore store = ArtifactStore.open(Path.of(input.context().store()));
    try (ModelFolder model = ModelFolder.open(folder)) {
      beat.total(model.bytes(), "bytes");
    } catch (BadCheckpointException e) {
      throw new StepFailed(FailureKind.USER, e.getMessage(), e);
    }
    String digest = store.digests(beat).ofModel(folder);
    store.link(input.context().series(), input.context().step(), folder.toRealPath());
    return new Artifact(folder.toString(), digest, null, false);
  }
}
