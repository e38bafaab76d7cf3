package dev.recycler.workflows.activity;

import java.util.Objects;

/**
 * A whole model folder that exists: in the store, or a release's own folder.
 *
 * @param path absolute path of the folder
 * @param digest SHA-256 (hex) over the folder's file names, sizes and SHA-256 digests: its content
 * @param fingerprint SHA-256 (hex) of what determined it, or null for a release's own folder
 * @param reused true where the step found it in the store and did no work
 */
public record Artifact(String path, String digest, String fingerprint, boolean reused) {
  public Artifact {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(digest, "digest");
  }
}
