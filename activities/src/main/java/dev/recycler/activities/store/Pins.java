package dev.recycler.activities.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What people want to keep, whatever a policy says. */
public final class Pins {
  private final Path folder;
  private final Path root;

  Pins(Path root) {
    this.root = root;
    this.folder = root.resolve("pins");
  }

  /** The folders of all pinned artifacts. */
  public List<Path> all() throws IOException {
    List<Path> pinned = new ArrayList<>();
    try (Stream<Path> pins = Files.list(folder)) {
      for (Path pin : pins.filter(Files::isSymbolicLink).sorted().toList()) {
        pinned.add(folder.resolve(Files.readSymbolicLink(pin)).normalize());
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return pinned;
  }

  /** Pins the artifact that a folder is or lies in; false where it is none of this store. */
  public boolean add(Path place) throws IOException {
    Optional<Fingerprint> fingerprint = InUse.fingerprint(root, place.toRealPath());
    if (fingerprint.isEmpty()) {
      return false;
    }
    Files.createDirectories(folder);
    try {
      Files.createSymbolicLink(pin(fingerprint.get()), target(fingerprint.get()));
    } catch (FileAlreadyExistsException e) {
      // Pinned already.
    }
    return true;
  }

  /** Takes a pin away; false where there was none. */
  public boolean remove(Path place) throws IOException {
    Optional<Fingerprint> fingerprint = InUse.fingerprint(root, place.toRealPath());
    return fingerprint.isPresent() && Files.deleteIfExists(pin(fingerprint.get()));
  }

  private Path pin(Fingerprint fingerprint) {
    return folder.resolve(fingerprint.operation() + "-" + fingerprint.hex());
  }

  private Path target(Fingerprint fingerprint) {
    return Path.of("..", "artifacts", fingerprint.operation(), fingerprint.hex());
  }
}
