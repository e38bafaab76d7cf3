package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Digests of what lies outside the store, by content: a file read once is not read again as long as
 * its path, size, file key (inode), modification time and, where the system has it, change time
 * stay. The last is what no tool can set back.
 */
public final class ContentDigests {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path cache;
  private final Runnable tick;
  private final boolean trusting;

  ContentDigests(Path cache, Runnable tick) {
    this(cache, tick, true);
  }

  private ContentDigests(Path cache, Runnable tick, boolean trusting) {
    this.cache = cache;
    this.tick = tick;
    this.trusting = trusting;
  }

  /** The same, reading every file again whatever is remembered of it. */
  public ContentDigests rechecking() {
    return new ContentDigests(cache, tick, false);
  }

  /**
   * The digest of a model folder: of the files that {@link ModelFiles#includes}.
   *
   * @throws IOException where the folder cannot be read
   */
  public String ofModel(Path folder) throws IOException {
    return combine(files(folder, ModelFiles::includes));
  }

  /** The digest of a data file, or of every file below a data folder. */
  public String ofData(Path fileOrFolder) throws IOException {
    if (Files.isDirectory(fileOrFolder)) {
      return combine(files(fileOrFolder, path -> true));
    }
    return ofFile(fileOrFolder);
  }

  private List<FileDigest> files(Path folder, Predicate<String> wanted) throws IOException {
    List<FileDigest> digests = new ArrayList<>();
    for (Path file : regularFiles(folder)) {
      String name = relative(folder, file);
      if (wanted.test(name)) {
        digests.add(new FileDigest(name, Files.size(file), ofFile(file)));
      }
    }
    return digests;
  }

  private String ofFile(Path file) throws IOException {
    Path real = file.toRealPath();
    Known now = Known.of(real, null);
    Path remembered = cache.resolve(Sha256.of(real.toString().getBytes(StandardCharsets.UTF_8)));
    Known before = read(remembered);
    if (trusting && before != null && now.sameFile(before)) {
      return before.sha256();
    }
    Known fresh = Known.of(real, Sha256.of(real, tick));
    if (fresh.sameFile(now)) {
      write(remembered, fresh);
    }
    return fresh.sha256();
  }

  private static Known read(Path file) {
    try {
      return JSON.readValue(Files.readAllBytes(file), Known.class);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      // A torn or foreign cache entry only costs another read of the file.
      return null;
    }
  }

  private void write(Path file, Known known) throws IOException {
    Files.createDirectories(cache);
    Path fresh = Files.createTempFile(cache, "new-", ".json");
    try {
      Files.write(fresh, JSON.writeValueAsBytes(known));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** The digest of a set of files: SHA-256 over their sorted lines of name, size and SHA-256. */
  static String combine(Collection<FileDigest> files) {
    StringBuilder lines = new StringBuilder();
    files.stream()
        .sorted(Comparator.comparing(FileDigest::path))
        .forEach(
            file ->
                lines
                    .append(file.sha256())
                    .append(' ')
                    .append(file.size())
                    .append(' ')
                    .append(file.path())
                    .append('\n'));
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Regular files below a folder (links followed, as in the hub's cache), sorted by path. */
  static List<Path> regularFiles(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  static String relative(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private record Known(
      String path, long size, long modified, long changed, String key, String sha256) {
    static Known of(Path file, String sha256) throws IOException {
      BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
      return new Known(
          file.toString(),
          seen.size(),
          seen.lastModifiedTime().to(TimeUnit.NANOSECONDS),
          changed(file),
          String.valueOf(seen.fileKey()),
          sha256);
    }

    private static long changed(Path file) throws IOException {
      try {
        return ((FileTime) Files.getAttribute(file, "unix:ctime")).to(TimeUnit.NANOSECONDS);
      } catch (UnsupportedOperationException e) {
        return 0;
      }
    }

    boolean sameFile(Known other) {
      return path.equals(other.path)
          && size == other.size
          && modified == other.modified
          && changed == other.changed
          && key.equals(other.key);
    }
  }
}
