package dev.recycler.activities.process;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Takes the values of secrets out of texts and files; every other byte stays as it is. */
final class Redaction {
  private static final int TOO_SHORT_TO_BE_A_SECRET = 6;
  private static final int BLOCK = 1 << 16;
  private static final String STARS = "***";

  private final List<String> values;
  private final List<byte[]> bytes;

  Redaction(Collection<String> secrets) {
    // The longest first: one secret may begin with another.
    values =
        secrets.stream()
            .filter(value -> value.length() >= TOO_SHORT_TO_BE_A_SECRET)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    bytes = values.stream().map(value -> value.getBytes(StandardCharsets.UTF_8)).toList();
  }

  String redact(String text) {
    String redacted = text;
    for (String value : values) {
      redacted = redacted.replace(value, STARS);
    }
    return redacted;
  }

  void copy(Path from, Path to) throws IOException {
    try (InputStream in = Files.newInputStream(from);
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(to))) {
      copy(in, out);
    }
  }

  /** Redacts a file that nobody writes any more; one without a secret is not touched. */
  void redact(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      if (copy(in, OutputStream.nullOutputStream()) == 0) {
        return;
      }
    }
    Path clean = file.resolveSibling(file.getFileName() + ".redacted");
    try {
      copy(file, clean);
      Files.move(clean, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(clean);
    }
  }

  /** Gives the number of places that were redacted. */
  private long copy(InputStream in, OutputStream out) throws IOException {
    int longest = bytes.stream().mapToInt(value -> value.length).max().orElse(1);
    byte[] buffer = new byte[BLOCK + longest];
    int held = 0;
    long found = 0;
    while (true) {
      int read = in.readNBytes(buffer, held, BLOCK);
      int end = held + read;
      // Behind this a secret may go on in the next block.
      int decided = read == 0 ? end : end - longest + 1;
      int at = 0;
      while (at < decided) {
        int length = secretAt(buffer, at, end);
        if (length > 0) {
          out.write(STARS.getBytes(StandardCharsets.US_ASCII));
          at += length;
          found++;
        } else {
          out.write(buffer[at++]);
        }
      }
      if (read == 0) {
        return found;
      }
      held = end - at;
      System.arraycopy(buffer, at, buffer, 0, held);
    }
  }

  private int secretAt(byte[] buffer, int at, int end) {
    for (byte[] value : bytes) {
      if (value[0] == buffer[at]
          && end - at >= value.length
          && Arrays.equals(buffer, at, at + value.length, value, 0, value.length)) {
        return value.length;
      }
    }
    return 0;
  }
}
