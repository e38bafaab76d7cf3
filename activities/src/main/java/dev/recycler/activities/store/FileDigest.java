package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

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

  /** That of a file, which is read. */
  public static FileDigest of(String path, Path file) throws IOException {
    return new FileDigest(path, Files.size(file), Sha256.of(file, () -> {}));
  }

  /** The files that a {@code recycler.json} lists, by their paths. */
  public static Map<String, FileDigest> inRecord(JsonNode record) {
    Map<String, FileDigest> files = new TreeMap<>();
    JsonNode listed = record.path("files");
    if (listed.isObject()) {
      // As commands write it: merge, diff and publish.
      for (var file : listed.properties()) {
        files.put(
            file.getKey(),
            new FileDigest(
                file.getKey(),
                file.getValue().path("bytes").asLong(),
                file.getValue().path("sha256").asText()));
      }
      return files;
    }
    for (JsonNode file : listed) {
      String path = file.path("path").asText();
      files.put(
          path, new FileDigest(path, file.path("size").asLong(), file.path("sha256").asText()));
    }
    return files;
  }
}
