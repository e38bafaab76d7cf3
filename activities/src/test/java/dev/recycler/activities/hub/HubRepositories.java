package dev.recycler.activities.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What a hub of the tests holds. */
final class HubRepositories {
  /** A model: its branches and tags, and what its commits hold. */
  static final class Repository {
    final Map<String, String> revisions = new ConcurrentHashMap<>();
    final Map<String, SortedMap<String, byte[]>> commits = new ConcurrentHashMap<>();
    volatile boolean gated;
    volatile boolean hidden;

    /** Commits these files to a branch, in place of all that it had. */
    synchronized String commit(String branch, Map<String, byte[]> files) {
      String commit = sha1("commit " + branch + commits.size() + files.keySet() + files.hashCode());
      commits.put(commit, new TreeMap<>(files));
      revisions.put(branch, commit);
      return commit;
    }

    SortedMap<String, byte[]> files(String branch) {
      return commits.get(revisions.get(branch));
    }
  }

  final Map<String, Repository> all = new ConcurrentHashMap<>();

  /** Contents of large files by their SHA-256, as the signed place has them. */
  final Map<String, byte[]> contents = new ConcurrentHashMap<>();

  private final Map<String, Map<Integer, byte[]>> parts = new ConcurrentHashMap<>();

  Repository create(String name) {
    return all.computeIfAbsent(name, ignored -> new Repository());
  }

  /** Commits to {@code main} of a model, which is made where it is not there. */
  String commit(String name, Map<String, byte[]> files) {
    return commit(name, "main", files);
  }

  /** Commits to a branch of a model, which is made where it is not there. */
  String commit(String name, String branch, Map<String, byte[]> files) {
    files.forEach(
        (path, content) -> {
          if (isLarge(path)) {
            contents.put(sha256(content), content);
          }
        });
    return create(name).commit(branch, files);
  }

  static boolean isLarge(String path) {
    return path.matches(".*\\.(safetensors|bin|gguf|model)");
  }

  /** Takes {@code PUT /upload/SHA} or {@code PUT /upload/SHA/PART}; returns an ETag. */
  String uploaded(String[] path, byte[] body) {
    if (path.length == 3) {
      contents.put(path[2], body);
    } else {
      parts
          .computeIfAbsent(path[2], ignored -> new ConcurrentHashMap<>())
          .put(Integer.parseInt(path[3]), body);
    }
    return "\"" + sha256(body).substring(0, 16) + "\"";
  }

  /** Puts the parts of a content together; false where they are not the content. */
  boolean complete(String sha256) {
    var out = new java.io.ByteArrayOutputStream();
    new TreeMap<>(parts.getOrDefault(sha256, Map.of())).values().forEach(out::writeBytes);
    byte[] whole = out.toByteArray();
    if (!sha256(whole).equals(sha256)) {
      return false;
    }
    contents.put(sha256, whole);
    return true;
  }

  static String sha256(byte[] content) {
    return hex("SHA-256", content);
  }

  static String gitSha1(byte[] content) {
    byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] all = java.util.Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    return hex("SHA-1", all);
  }

  static String sha1(String text) {
    return hex("SHA-1", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(String algorithm, byte[] content) {
    MessageDigest digest = ContentCheck.algorithm(algorithm);
    return HexFormat.of().formatHex(digest.digest(content));
  }
}
