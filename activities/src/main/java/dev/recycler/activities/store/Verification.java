package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a new reading of every file of a folder found.
 *
 * @param folder the folder
 * @param files how many files were read
 * @param bytes how many bytes they have
 * @param problems what is not as it was recorded, a sentence each; none where all is well
 */
public record Verification(Path folder, int files, long bytes, List<String> problems) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public Verification {
    problems = List.copyOf(problems);
  }

  public boolean good() {
    return problems.isEmpty();
  }

  /** The folders below a path that carry a record, or that are snapshots of the hub's cache. */
  public static List<Path> verifiable(Path path) throws IOException {
    if (isVerifiable(path)) {
      return List.of(path);
    }
    try (Stream<Path> tree = Files.walk(path)) {
      // The links of series lead to folders that are met under their own names.
      return tree.filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
          .filter(Verification::isVerifiable)
          .sorted()
          .toList();
    }
  }

  private static boolean isVerifiable(Path folder) {
    return Files.isRegularFile(folder.resolve(ArtifactStore.RECORD)) || isSnapshot(folder);
  }

  private static boolean isSnapshot(Path folder) {
    Path parent = folder.toAbsolutePath().getParent();
    return parent != null && parent.endsWith("snapshots") && Files.isDirectory(folder);
  }

  /**
   * Reads every file again and compares it with the record.
   *
   * @param tick called after each block; what it throws ends the reading
   */
  public static Verification of(Path folder, Runnable tick) throws IOException {
    return Files.isRegularFile(folder.resolve(ArtifactStore.RECORD))
        ? ofRecord(folder, tick)
        : ofSnapshot(folder, tick);
  }

  private static Verification ofRecord(Path folder, Runnable tick) throws IOException {
    JsonNode record = JSON.readTree(Files.readAllBytes(folder.resolve(ArtifactStore.RECORD)));
    Map<String, FileDigest> recorded = FileDigest.inRecord(record);
    boolean publication = PublishedNodes.areIn(record);
    List<String> problems = new ArrayList<>();
    List<FileDigest> found = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(recorded.keySet());
    long bytes = 0;
    for (Path file : ContentDigests.regularFiles(folder)) {
      String name = ContentDigests.relative(folder, file);
      if (name.equals(ArtifactStore.RECORD)) {
        continue;
      }
      FileDigest before = recorded.get(name);
      if (before == null && publication && !ModelFiles.includes(name)) {
        // The card is for people to go on writing, and a hub adds files of its own.
        continue;
      }
      if (before == null) {
        problems.add(name + " is not in the record: somebody put it there");
        continue;
      }
      names.remove(name);
      FileDigest now = new FileDigest(name, Files.size(file), Sha256.of(file, tick));
      found.add(now);
      bytes += now.size();
      if (!now.equals(before)) {
        problems.add(difference(before, now));
      }
    }
    names.forEach(missing -> problems.add(missing + " is missing"));
    String digest = record.path("digest").asText();
    if (problems.isEmpty() && !digest.isEmpty() && !digest.equals(combined(found))) {
      problems.add("the digest of the whole is not " + digest + ": the record was changed");
    }
    return new Verification(folder, found.size(), bytes, problems);
  }

  private static String combined(List<FileDigest> files) {
    List<FileDigest> model = files.stream().filter(f -> ModelFiles.includes(f.path())).toList();
    return ContentDigests.combine(model.isEmpty() ? files : model);
  }

  private static String difference(FileDigest before, FileDigest now) {
    return before.size() != now.size()
        ? "%s has %d bytes where %d are recorded".formatted(now.path(), now.size(), before.size())
        : "%s has other bytes than recorded (SHA-256 %s, not %s)"
            .formatted(now.path(), now.sha256(), before.sha256());
  }

  /** In the hub's cache the name of a large content is its SHA-256. */
  private static Verification ofSnapshot(Path folder, Runnable tick) throws IOException {
    List<String> problems = new ArrayList<>();
    int files = 0;
    long bytes = 0;
    try (Stream<Path> links = Files.list(folder)) {
      for (Path link : links.sorted().toList()) {
        Path name = link.getFileName();
        Optional<Path> content = content(link);
        if (content.isEmpty()) {
          problems.add(name + " is a link to nothing");
        } else if (Files.isRegularFile(content.get())) {
          files++;
          bytes += Files.size(content.get());
          String sha256 = content.get().getFileName().toString();
          if (SHA256.matcher(sha256).matches() && !Sha256.of(content.get(), tick).equals(sha256)) {
            problems.add(name + " has other bytes than the hub's (SHA-256 is not " + sha256 + ")");
          }
        }
      }
    }
    return new Verification(folder, files, bytes, problems);
  }

  private static Optional<Path> content(Path link) throws IOException {
    try {
      return Optional.of(link.toRealPath());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
