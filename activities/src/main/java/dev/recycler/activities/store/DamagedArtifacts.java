package dev.recycler.activities.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.Artifact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds artifacts whose bytes are no longer those that were published — a failing disk, somebody's
 * hand — before they are used, and moves them out of the way, so that they are made again.
 *
 * <p>A file is read when it is used for the first time, and again whenever the file system says
 * that it was changed. What a disk loses without a word is found by {@code recycler verify}.
 */
final class DamagedArtifacts {
  private static final Logger LOG = LoggerFactory.getLogger(DamagedArtifacts.class);

  private final ArtifactStore store;
  private final Runnable tick;

  /**
   * @param tick called after each block that is read, for heartbeats; what it throws ends the work
   */
  DamagedArtifacts(ArtifactStore store, Runnable tick) {
    this.store = store;
    this.tick = tick;
  }

  /** The artifact, where there is a whole one; a damaged one is set aside. */
  Optional<StoredArtifact> findWhole(Fingerprint fingerprint) throws IOException {
    Optional<StoredArtifact> found;
    try {
      found = store.find(fingerprint);
    } catch (JsonProcessingException e) {
      LOG.warn("the record of {} cannot be read", fingerprint, e);
      setAside(fingerprint);
      return Optional.empty();
    }
    if (found.isPresent() && !holds(found.get().folder(), found.get().digest())) {
      setAside(fingerprint);
      return Optional.empty();
    }
    return found;
  }

  /**
   * Looks whether something of this store is what the step that made it has said.
   *
   * @throws StepFailed of kind INPUT, after it was set aside, where it is not or is gone
   */
  void requireWhole(Artifact input) throws IOException {
    Path folder = Path.of(input.path());
    Optional<Fingerprint> fingerprint = InUse.fingerprint(store.root(), folder);
    if (fingerprint.isEmpty() || holds(folder, input.digest())) {
      return;
    }
    boolean gone = !Files.exists(folder);
    setAside(fingerprint.get());
    throw StepFailed.forInput(
        folder,
        gone
            ? folder + " is gone from the store"
            : folder
                + " is no longer what was published (its disk may be failing); it was set aside in "
                + asideFolder());
  }

  /** The digest of what was set aside of a fingerprint, as far as its record can be read. */
  Optional<String> digestBefore(Fingerprint fingerprint) throws IOException {
    if (!Files.isDirectory(asideFolder())) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(asideFolder())) {
      for (Path entry : entries.filter(aside -> isOf(fingerprint, aside)).toList()) {
        try {
          return Optional.of(ArtifactStore.read(entry, fingerprint).digest());
        } catch (JsonProcessingException | NoSuchFileException e) {
          LOG.debug("the record of {} cannot be read", entry, e);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isOf(Fingerprint fingerprint, Path aside) {
    return aside
        .getFileName()
        .toString()
        .startsWith(fingerprint.operation() + "-" + fingerprint.brief() + "-");
  }

  private boolean holds(Path folder, String digest) throws IOException {
    try {
      return store.digests(tick).ofModel(folder).equals(digest);
    } catch (NoSuchFileException e) {
      return false;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return false;
      }
      throw e;
    }
  }

  private void setAside(Fingerprint fingerprint) throws IOException {
    Path damaged =
        store
            .root()
            .resolve("artifacts")
            .resolve(fingerprint.operation())
            .resolve(fingerprint.hex());
    Path aside =
        Files.createDirectories(asideFolder())
            .resolve(fingerprint.operation() + "-" + fingerprint.brief() + "-" + UUID.randomUUID());
    try {
      Files.move(damaged, aside, StandardCopyOption.ATOMIC_MOVE);
      LOG.warn("{} was damaged and lies in {} now", damaged, aside);
    } catch (NoSuchFileException e) {
      // Another worker was first, or it was gone.
    }
  }

  private Path asideFolder() {
    return store.root().resolve("damaged");
  }
}
