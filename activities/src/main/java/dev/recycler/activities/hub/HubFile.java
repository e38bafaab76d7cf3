package dev.recycler.activities.hub;

import java.util.Objects;
import java.util.Optional;

/**
 * One file of a commit.
 *
 * @param path relative to the repository, with {@code /} between names
 * @param size in bytes
 * @param gitSha1 the SHA-1 that git has for its content (for a large file: for its pointer)
 * @param sha256 the SHA-256 of its content where it is a large file
 */
public record HubFile(String path, long size, String gitSha1, Optional<String> sha256) {
  public HubFile {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(gitSha1, "gitSha1");
    Objects.requireNonNull(sha256, "sha256");
  }

  /** What the hub calls the content and the cache names it by. */
  String etag() {
    return sha256.orElse(gitSha1);
  }
}
