package dev.recycler.activities.store;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A folder in which an artifact grows before it is published. Closing one that was not published
 * removes it.
 */
public final class Staging implements AutoCloseable {
  private final Path folder;
  private final Fingerprint fingerprint;
  private final Map<String, String> known = new LinkedHashMap<>();

  Staging(Path folder, Fingerprint fingerprint) {
    this.folder = folder;
    this.fingerprint = fingerprint;
  }

  /** Absolute path of the folder; it is empty at first. */
  public Path folder() {
    return folder;
  }

  public Fingerprint fingerprint() {
    return fingerprint;
  }

  /**
   * Tells the SHA-256 of a file that was taken while it was written, so that publishing does not
   * read it again.
   *
   * @param path relative to {@link #folder()}, with {@code /} between names
   */
  public void digestKnown(String path, String sha256) {
    known.put(path, sha256);
  }

  Map<String, String> known() {
    return known;
  }

  @Override
  public void close() {
    Folders.deleteQuietly(folder);
    Owner.release(folder);
  }
}
