package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.activities.figures.StepFigures;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.StepContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What every step does that publishes an artifact: finds it in the store, or makes it; takes it
 * from there too where somebody else has published it meanwhile; and names it for people.
 *
 * <p>One of these belongs to a worker.
 */
public final class FindOrMake {
  private final Set<Path> swept = ConcurrentHashMap.newKeySet();

  /**
   * What is wanted.
   *
   * @param context the step that wants it
   * @param fingerprint what determines it
   * @param inputs what it is made of; releases among them must be as the series has read them
   */
  public record Wanted(StepContext context, Fingerprint fingerprint, List<Artifact> inputs) {
    public Wanted {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * What was found or made.
   *
   * @param reused whether it was there before
   */
  public record Found(StoredArtifact artifact, boolean reused) {}

  /** Makes and publishes what is not there. */
  @FunctionalInterface
  public interface Maker {
    /** Makes it; asks {@link Making#requireMissing} after each wait. */
    StoredArtifact make(Making making) throws IOException, InterruptedException;
  }

  /**
   * The place of one making.
   *
   * @param inputs what it is made of
   * @param tick called after each block that is read of them
   */
  public record Making(
      ArtifactStore store, Fingerprint fingerprint, List<Artifact> inputs, Runnable tick) {
    /** Ends the making where somebody else has published its result meanwhile. */
    public void requireMissing() {
      if (store.has(fingerprint)) {
        throw new PublishedMeanwhile();
      }
    }

    /**
     * Publishes what was made, where what it was made of is still what it was before: bytes that
     * changed under the tool must not live on in its result.
     *
     * @param reading called after each block digested, for heartbeats
     */
    public StoredArtifact publish(Staging staging, Lineage lineage, Runnable reading)
        throws IOException {
      try {
        requireInputs();
      } catch (StepFailed e) {
        store.dropWork(fingerprint);
        throw e;
      }
      return store.publish(staging, lineage, reading);
    }

    private void requireInputs() throws IOException {
      for (Artifact input : inputs) {
        ReleaseFolders.requireUnchanged(input, store.digests(tick));
        new DamagedArtifacts(store, tick).requireWhole(input);
      }
    }
  }

  private static final class PublishedMeanwhile extends RuntimeException {
    PublishedMeanwhile() {
      super("published meanwhile");
    }
  }

  /**
   * Finds it or has it made.
   *
   * @param tick called after each block that is read of a release, for heartbeats; what it throws
   *     ends the work
   */
  public Found findOrMake(Wanted wanted, Runnable tick, Maker maker)
      throws IOException, InterruptedException {
    Optional<Found> known = find(wanted, tick);
    if (known.isPresent()) {
      return known.get();
    }
    ArtifactStore store = ArtifactStore.open(Path.of(wanted.context().store()));
    return named(wanted, store, make(wanted, store, tick, maker));
  }

  /**
   * Finds it, and makes nothing.
   *
   * @param tick called after each block that is read, for heartbeats; what it throws ends the work
   */
  public Optional<Found> find(Wanted wanted, Runnable tick) throws IOException {
    ArtifactStore store = ArtifactStore.open(Path.of(wanted.context().store()));
    if (swept.add(store.root())) {
      store.sweep();
    }
    Optional<StoredArtifact> known =
        new DamagedArtifacts(store, tick).findWhole(wanted.fingerprint());
    if (known.isEmpty()) {
      return Optional.empty();
    }
    // What a worker left that ended between publishing and tidying up.
    store.dropWork(wanted.fingerprint());
    return Optional.of(named(wanted, store, new Found(known.get(), true)));
  }

  private static Found named(Wanted wanted, ArtifactStore store, Found found) throws IOException {
    FaultPoint.reached("step.before-link", found.artifact().folder());
    store.link(wanted.context().series(), wanted.context().step(), found.artifact().folder());
    return found;
  }

  private static Found make(Wanted wanted, ArtifactStore store, Runnable tick, Maker maker)
      throws IOException, InterruptedException {
    Making making = new Making(store, wanted.fingerprint(), wanted.inputs(), tick);
    List<Path> inputs = wanted.inputs().stream().map(input -> Path.of(input.path())).toList();
    if (!inputs.stream().allMatch(Files::exists)) {
      making.requireInputs();
    }
    try (InUse _ = store.use(inputs)) {
      // Marked first: reading them takes a while, and a collector may come meanwhile.
      making.requireInputs();
      StoredArtifact made = maker.make(making);
      FaultPoint.reached("step.published", made.folder());
      store.dropWork(wanted.fingerprint());
      count(made);
      return new Found(made, false);
    } catch (PublishedMeanwhile | IOException | UncheckedIOException | StepFailed e) {
      // Another series may have wanted the same: whoever publishes first tidies up under the other.
      Optional<StoredArtifact> others = store.find(wanted.fingerprint());
      if (others.isEmpty()) {
        throw e;
      }
      return new Found(others.get(), true);
    }
  }

  /** What tools took for it. */
  private static void count(StoredArtifact made) {
    JsonNode metrics = made.record().path("metrics");
    if (metrics.has("gpus")) {
      StepFigures.ran(
          metrics.path("gpus").asInt(),
          metrics.path("seconds").asDouble(),
          metrics.path("secondsWasted").asDouble());
    }
  }
}
