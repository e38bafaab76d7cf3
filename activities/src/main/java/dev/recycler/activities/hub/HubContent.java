package dev.recycler.activities.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** A file to publish: its place in the repository and what it holds. */
public sealed interface HubContent {
  /** Its path in the repository. */
  String path();

  /** Its length in bytes. */
  long size() throws IOException;

  /** Its first bytes, at most {@code most}. */
  byte[] head(int most) throws IOException;

  /** SHA-256 in hexadecimal. */
  String sha256() throws IOException, InterruptedException;

  /** The SHA-1 that git gives to it, in hexadecimal. */
  String gitSha1() throws IOException, InterruptedException;

  /** A file of this machine. */
  record InFile(String path, Path file) implements HubContent {
    @Override
    public long size() throws IOException {
      return Files.size(file);
    }

    @Override
    public byte[] head(int most) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        return in.readNBytes(most);
      }
    }

    @Override
    public String sha256() throws IOException, InterruptedException {
      return ContentCheck.sha256(file);
    }

    @Override
    public String gitSha1() throws IOException, InterruptedException {
      return ContentCheck.gitSha1(file);
    }
  }

  /** A text that is made for the occasion. */
  record Text(String path, String text) implements HubContent {
    private byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long size() {
      return bytes().length;
    }

    @Override
    public byte[] head(int most) {
      return Arrays.copyOf(bytes(), Math.min(most, bytes().length));
    }

    @Override
    public String sha256() {
      return hex(ContentCheck.algorithm("SHA-256"));
    }

    @Override
    public String gitSha1() {
      MessageDigest sha1 = ContentCheck.algorithm("SHA-1");
      sha1.update(("blob " + size() + "\0").getBytes(StandardCharsets.US_ASCII));
      return hex(sha1);
    }

    private String hex(MessageDigest digest) {
      return HexFormat.of().formatHex(digest.digest(bytes()));
    }
  }
}
