package dev.recycler.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** Artifacts that are being read: they stay until this is closed. */
public final class InUse implements AutoCloseable {
  private static final Duration RENEWAL = Duration.ofMinutes(5);

  private final Uses uses;
  private final List<Fingerprint> artifacts;
  private final Thread renewal;

  private InUse(Uses uses, List<Fingerprint> artifacts) {
    this.uses = uses;
    this.artifacts = artifacts;
    this.renewal =
        artifacts.isEmpty()
            ? null
            : Thread.ofVirtual().name("in-use").start(this::renewUntilInterrupted);
  }

  /** Nothing of a store. */
  public static InUse nothing() {
    return new InUse(null, List.of());
  }

  static InUse of(Path root, Uses uses, List<Path> folders) throws IOException {
    Set<Fingerprint> artifacts = new LinkedHashSet<>();
    for (Path folder : folders) {
      fingerprint(root, folder).ifPresent(artifacts::add);
    }
    for (Fingerprint artifact : artifacts) {
      uses.mark(artifact, true);
    }
    for (Path folder : folders) {
      if (fingerprint(root, folder).isPresent() && !Files.isDirectory(folder)) {
        throw new NoSuchFileException(
            folder.toString(), null, "it was removed from the store; retry the step that made it");
      }
    }
    return new InUse(uses, List.copyOf(artifacts));
  }

  /** The artifact that a folder is or lies in. */
  static Optional<Fingerprint> fingerprint(Path root, Path folder) throws IOException {
    Path artifacts = root.resolve("artifacts");
    Path place = folder.toAbsolutePath().normalize();
    if (!place.startsWith(artifacts) && Files.exists(place) && Files.exists(artifacts)) {
      // One of them may have been named through a link.
      artifacts = artifacts.toRealPath();
      place = place.toRealPath();
    }
    if (!place.startsWith(artifacts) || place.getNameCount() < artifacts.getNameCount() + 2) {
      return Optional.empty();
    }
    Path inside = artifacts.relativize(place);
    return Optional.of(new Fingerprint(inside.getName(0).toString(), inside.getName(1).toString()));
  }

  private void renewUntilInterrupted() {
    while (true) {
      try {
        Thread.sleep(RENEWAL);
        for (Fingerprint artifact : artifacts) {
          uses.mark(artifact, false);
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        // The marks last longer than several renewals.
        LoggerFactory.getLogger(InUse.class).warn("the use of artifacts could not be renewed", e);
      }
    }
  }

  @Override
  public void close() {
    if (renewal != null) {
      renewal.interrupt();
    }
  }
}
