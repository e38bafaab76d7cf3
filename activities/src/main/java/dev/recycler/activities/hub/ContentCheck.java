package dev.recycler.activities.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What the hub names contents by: SHA-256 for large files, git's SHA-1 of a blob for others. */
final class ContentCheck {
  private static final int BUFFER = 1 << 20;

  private ContentCheck() {}

  /** The digest of a file's content of the kind that {@code as} is listed with. */
  static String digest(Path content, HubFile as) throws IOException, InterruptedException {
    return as.sha256().isPresent() ? sha256(content) : gitSha1(content);
  }

  static String sha256(Path content) throws IOException, InterruptedException {
    return digest(content, algorithm("SHA-256"));
  }

  static String gitSha1(Path content) throws IOException, InterruptedException {
    MessageDigest sha1 = algorithm("SHA-1");
    sha1.update(("blob " + Files.size(content) + "\0").getBytes(StandardCharsets.US_ASCII));
    return digest(content, sha1);
  }

  private static String digest(Path content, MessageDigest digest)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(content)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException();
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest algorithm(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + name, e);
    }
  }
}
