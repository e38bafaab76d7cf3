package dev.recycler.activities.safetensors;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What is known of a weight file without reading its weights.
 *
 * @param name its name in the model's folder
 * @param real the file itself, with links resolved
 * @param bytes its whole size
 * @param headerBytes how many bytes its header has, with the eight of its length
 * @param headerSha256 the SHA-256 of these first bytes, in hex: of the names, types, shapes and
 *     places of its tensors, not of their values
 */
public record WeightFileIdentity(
    String name, Path real, long bytes, long headerBytes, String headerSha256) {

  static WeightFileIdentity of(String name, Path real, long bytes, byte[] header) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(header);
      return new WeightFileIdentity(
          name, real, bytes, header.length, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
