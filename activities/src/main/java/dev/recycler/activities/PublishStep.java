package dev.recycler.activities;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.activities.hub.HubException;
import dev.recycler.activities.hub.HubSettings;
import dev.recycler.activities.hub.HubUpload;
import dev.recycler.activities.publish.Publication;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Steps.PublishInput;
import dev.recycler.workflows.spec.HubModel;
import dev.recycler.workflows.spec.PublishSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Publishes a finished model, with its card, to a folder or a hub. What is there already and is
 * this model is left as it is; what is another is never overwritten.
 */
final class PublishStep implements Step<PublishInput, Artifact> {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, String> variables;
  private final Path home;

  /**
   * @param variables environment variables, for the hub and the token
   * @param home the user's home folder
   */
  PublishStep(Map<String, String> variables, Path home) {
    this.variables = variables;
    this.home = home;
  }

  @Override
  public Artifact run(PublishInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    Beat beat = new Beat(monitor, input.context().step(), "publishing");
    PublishSpec spec = input.publish();
    Publication publication =
        new Publication(
                Path.of(input.model().path()),
                Optional.ofNullable(spec.dtype()).map(Dtype::parseFloat),
                new Publication.Words(null, spec.license(), spec.datasets()))
            .of(input.context().series());
    try {
      return HubModel.isMeant(input.to())
          ? toHub(input, publication, beat)
          : toFolder(input, publication);
    } catch (BadCheckpointException e) {
      throw new StepFailed(FailureKind.USER, e.getMessage(), e);
    } catch (HubException e) {
      throw new StepFailed(
          e.kind() == HubException.Kind.USER ? FailureKind.USER : FailureKind.MACHINE,
          e.getMessage(),
          e);
    }
  }

  private Artifact toHub(PublishInput input, Publication publication, Beat beat)
      throws IOException, InterruptedException {
    HubModel target = HubModel.parse(input.to());
    HubUpload.Published published =
        publication.to(
            target,
            new HubUpload(HubSettings.of(variables, home)),
            new HubUpload.Options(
                input.publish().hidden(),
                /* replace= */ false,
                "Publish %s of series %s"
                    .formatted(input.context().step(), input.context().series())),
            (doing, done, total, perSecond) ->
                beat.at(doing, done, total, perSecond, (total - done) / perSecond));
    return new Artifact(
        target.at(published.commit()).toString(),
        input.model().digest(),
        null,
        !published.changed());
  }

  private static Artifact toFolder(PublishInput input, Publication publication)
      throws IOException, InterruptedException {
    Path folder = Path.of(input.to());
    boolean there = isThere(folder, input);
    if (!there) {
      publication.to(folder);
    }
    return new Artifact(folder.toString(), input.model().digest(), null, there);
  }

  /** Whether the folder holds this very publication, from an attempt whose end nobody heard of. */
  private static boolean isThere(Path folder, PublishInput input) throws IOException {
    Path record = folder.resolve(ArtifactStore.RECORD);
    if (!Files.isRegularFile(record)) {
      return false;
    }
    var published = JSON.readTree(Files.readAllBytes(record)).path("published");
    String dtype = input.publish().dtype();
    return published.path("digest").asText().equals(input.model().digest())
        && published
            .path("cast")
            .asText("")
            .equals(dtype == null ? "" : Dtype.parseFloat(dtype).name());
  }
}
