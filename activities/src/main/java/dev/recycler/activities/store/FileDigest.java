package dev.recycler.activities.store;

import java.util.Objects;

/**
 * One file of a folder.
 *
 * @param path relative to the folder, with {@code /} between names
 * @param size in bytes
 * @param sha256 in hexadecimal
 */
public record FileDigest(String path, long size, String sha256) {
  public FileDigest {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(sha256, "sha256");
  }
}
