package dev.recycler.activities.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Who uses artifacts, so that none is removed under a reader: a reader marks what it will read and
 * then looks whether it is there, a collector announces what it will remove and then looks whether
 * it is marked. Whichever comes second sees the other. Times are the file system's own, so that the
 * clocks of several hosts do not matter.
 */
final class Uses {
  /** A mark younger than this keeps an artifact, whatever the policy says. */
  static final Duration GRACE = Duration.ofHours(1);

  /** Removing is a rename: an announcement older than this was left by a collector that died. */
  private static final Duration ANNOUNCED = Duration.ofMinutes(5);

  private final Path folder;

  Uses(Path folder) {
    this.folder = folder;
  }

  private Path mark(Fingerprint fingerprint) {
    return folder.resolve(fingerprint.operation() + "-" + fingerprint.hex());
  }

  private Path announcement(Fingerprint fingerprint) {
    return folder.resolve(fingerprint.operation() + "-" + fingerprint.hex() + ".removing");
  }

  /** Marks an artifact as used now; afterwards its being there can be relied on for a while. */
  void mark(Fingerprint fingerprint, boolean wait) throws IOException {
    Files.createDirectories(folder);
    touch(mark(fingerprint));
    while (wait && announced(fingerprint)) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException();
      }
    }
  }

  private void touch(Path mark) throws IOException {
    while (true) {
      try {
        Files.createFile(mark);
        return;
      } catch (FileAlreadyExistsException e) {
        try {
          Files.setLastModifiedTime(mark, FileTime.from(now()));
          return;
        } catch (NoSuchFileException gone) {
          // A collector took it away with its artifact.
        }
      }
    }
  }

  private boolean announced(Fingerprint fingerprint) throws IOException {
    Path announcement = announcement(fingerprint);
    try {
      return Files.getLastModifiedTime(announcement).toInstant().isAfter(now().minus(ANNOUNCED));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** When an artifact was last used, where that is known. */
  Optional<Instant> last(Fingerprint fingerprint) throws IOException {
    try {
      return Optional.of(Files.getLastModifiedTime(mark(fingerprint)).toInstant());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Announces that an artifact will be removed; false where another collector is at it. */
  boolean announce(Fingerprint fingerprint) throws IOException {
    Files.createDirectories(folder);
    if (!announced(fingerprint)) {
      Files.deleteIfExists(announcement(fingerprint));
    }
    try {
      Files.createFile(announcement(fingerprint));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  void withdraw(Fingerprint fingerprint) throws IOException {
    Files.deleteIfExists(announcement(fingerprint));
  }

  void forget(Fingerprint fingerprint) throws IOException {
    Files.deleteIfExists(mark(fingerprint));
  }

  /** The time that the store's file system gives to a new file. */
  Instant now() throws IOException {
    Files.createDirectories(folder);
    Path probe = folder.resolve(".now-" + UUID.randomUUID());
    try {
      Files.createFile(probe);
      return Files.getLastModifiedTime(probe).toInstant();
    } finally {
      Files.deleteIfExists(probe);
    }
  }
}
