package dev.recycler.activities;

import dev.recycler.activities.hub.Hub;
import dev.recycler.activities.hub.HubException;
import dev.recycler.activities.hub.HubFile;
import dev.recycler.activities.hub.HubSettings;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.ContentDigests;
import dev.recycler.activities.store.PinnedRevisions;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a release's model available, from its folder or from a hub, checks it and takes its digest.
 */
final class FetchStep implements Step<Steps.FetchInput, Artifact> {
  private static final Logger LOG = LoggerFactory.getLogger(FetchStep.class);

  private final Map<String, String> variables;
  private final Path home;

  /**
   * @param variables environment variables, for the hub, its cache and the token
   * @param home the user's home folder
   */
  FetchStep(Map<String, String> variables, Path home) {
    this.variables = variables;
    this.home = home;
  }

  @Override
  public Artifact run(Steps.FetchInput input, StepMonitor monitor)
      throws IOException, InterruptedException {
    Beat beat = new Beat(monitor, input.context().step(), "reading");
    ArtifactStore store = ArtifactStore.open(Path.of(input.context().store()));
    Path folder =
        HubModel.isMeant(input.model())
            ? fromHub(input, store, beat)
            : existing(Path.of(input.model()));
    try (ModelFolder model = ModelFolder.open(folder)) {
      beat.total(model.bytes(), "bytes");
    } catch (BadCheckpointException e) {
      throw new StepFailed(FailureKind.USER, e.getMessage(), e);
    }
    String digest = store.digests(beat).ofModel(folder);
    store.link(input.context().series(), input.context().step(), folder.toRealPath());
    return new Artifact(folder.toString(), digest, null, false);
  }

  private static Path existing(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new StepFailed(
          FailureKind.USER, folder + " is not a folder; a release's model must be a model folder");
    }
    return folder;
  }

  /** The folder of the model in the hub's cache, at the commit that the series began with. */
  private Path fromHub(Steps.FetchInput input, ArtifactStore store, Beat beat)
      throws IOException, InterruptedException {
    try {
      HubModel model = HubModel.parse(input.model());
      Hub hub = new Hub(HubSettings.of(variables, home));
      String commit = pinned(model, hub, store.revisions(input.context().series()));
      Hub.Fetched fetched =
          hub.fetch(
              model.at(commit),
              (doing, done, total, perSecond) ->
                  beat.at(doing, done, total, perSecond, (total - done) / perSecond));
      requireAsListed(fetched, store.digests(beat));
      return fetched.folder();
    } catch (HubException e) {
      throw new StepFailed(
          e.kind() == HubException.Kind.USER ? FailureKind.USER : FailureKind.MACHINE,
          e.getMessage(),
          e);
    }
  }

  /** A revision is looked up once for a series: a branch that moves must not change its models. */
  private static String pinned(HubModel model, Hub hub, PinnedRevisions revisions)
      throws IOException, InterruptedException {
    if (model.isPinned()) {
      return model.revision();
    }
    String known = revisions.find(model.toString()).orElse(null);
    if (known == null) {
      return revisions.pin(model.toString(), hub.commit(model));
    }
    try {
      String now = hub.commit(model);
      if (!now.equals(known)) {
        LOG.warn("{} has moved to {}; the series stays with {}", model, now, known);
      }
    } catch (HubException e) {
      LOG.info("whether {} has moved is not known: {}", model, e.getMessage());
    }
    return known;
  }

  /** What lay in the cache before may have been damaged there; the hub's digests tell. */
  private static void requireAsListed(Hub.Fetched fetched, ContentDigests digests)
      throws IOException {
    for (HubFile file : fetched.files()) {
      Path path = fetched.folder().resolve(file.path());
      if (file.sha256().isPresent() && !digests.ofData(path).equals(file.sha256().get())) {
        throw new StepFailed(
            FailureKind.USER,
            path.toRealPath()
                + " is not what the hub lists it as: it was damaged in the cache; remove it, and it"
                + " is fetched again");
      }
    }
  }
}
