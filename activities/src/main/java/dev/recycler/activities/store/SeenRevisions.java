package dev.recycler.activities.store;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /**
   * A revision that a look has found.
   *
   * @param commit the commit that it was then
   */
  public record Found(String name, String commit) {}

  /**
   * Keeps what a look has found, behind what earlier ones have: a series whose memory is gone gets
   * the same releases in the same order, so that nothing of what it has trained is trained again.
   *
   * @return all that looks have found, the earliest first, each with the commit that it was then
   */
  public List<Found> found(String watched, List<Found> fresh) throws IOException {
    Path file = folder.resolve(file(watched).getFileName() + ",found");
    Map<String, Found> all = new LinkedHashMap<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        // No name of the hub's has a blank in it.
        String[] words = line.split(" ", 2);
        all.put(words[0], new Found(words[0], words[1]));
      }
    }
    int before = all.size();
    fresh.forEach(found -> all.putIfAbsent(found.name(), found));
    if (all.size() > before) {
      Path next = folder.resolve(".new-" + UUID.randomUUID());
      try {
        Files.write(
            next, all.values().stream().map(one -> one.name() + " " + one.commit()).toList());
        Folders.force(next);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(next);
      }
    }
    return List.copyOf(all.values());
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
