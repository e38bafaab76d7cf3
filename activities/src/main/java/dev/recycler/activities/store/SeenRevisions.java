package dev.recycler.activities.store;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The revisions that a repository had when a series first looked, kept in the store: whatever is
 * lost of the series itself, the same ones are new to it.
 */
public final class SeenRevisions {
  private final Path folder;

  SeenRevisions(Path folder) {
    this.folder = folder;
  }

  /**
   * What was there at the first look.
   *
   * @param watched what is looked at, e.g. repository and pattern
   * @param now what is there now, which is kept where this is the first look
   */
  public Set<String> first(String watched, Collection<String> now) throws IOException {
    Optional<Set<String>> known = find(watched);
    if (known.isPresent()) {
      return known.get();
    }
    Files.createDirectories(folder);
    Path fresh = folder.resolve(".new-" + UUID.randomUUID());
    try {
      Files.write(fresh, new TreeSet<>(now));
      Folders.force(fresh);
      Files.createLink(file(watched), fresh);
      return Set.copyOf(now);
    } catch (FileAlreadyExistsException e) {
      // Another worker looked at the same moment: its look was the first.
      return find(watched).orElseThrow(() -> e);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private Optional<Set<String>> find(String watched) throws IOException {
    try {
      return Optional.of(Set.copyOf(Files.readAllLines(file(watched))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Path file(String watched) {
    return folder.resolve(URLEncoder.encode(watched, StandardCharsets.UTF_8));
  }
}
