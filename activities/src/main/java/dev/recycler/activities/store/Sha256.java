package dev.recycler.activities.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of bytes and of files, in hexadecimal. */
final class Sha256 {
  private static final int BLOCK = 1 << 20;

  private Sha256() {}

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  /** Digests a file, calling {@code tick} after each block of at most a MiB. */
  static String of(Path file, Runnable tick) throws IOException {
    MessageDigest digest = digest();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
        tick.run();
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
