package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;

/**
 * A published artifact.
 *
 * @param folder absolute path
 * @param fingerprint what determined it
 * @param digest content digest of its model files (of all files where it is no model)
 * @param files every file but {@code recycler.json}
 * @param record the whole {@code recycler.json}
 */
public record StoredArtifact(
    Path folder, Fingerprint fingerprint, String digest, List<FileDigest> files, JsonNode record) {
  public StoredArtifact {
    files = List.copyOf(files);
  }

  /**
   * Content digest of the model in a sub-folder, e.g. of a checkpoint.
   *
   * @param folder path of the sub-folder relative to the artifact
   */
  public String digestOf(String folder) {
    String prefix = folder + "/";
    return ContentDigests.combine(
        files.stream()
            .filter(file -> file.path().startsWith(prefix))
            .map(
                file ->
                    new FileDigest(
                        file.path().substring(prefix.length()), file.size(), file.sha256()))
            .filter(file -> ModelFiles.includes(file.path()))
            .toList());
  }

  /** What the step returned when it made this. */
  public JsonNode result() {
    return record.path("result");
  }
}
