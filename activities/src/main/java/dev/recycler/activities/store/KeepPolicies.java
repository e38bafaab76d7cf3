package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** How much each series of a store wants to be left of it when it is over. */
public final class KeepPolicies {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String FILE = ".keep.json";
  private static final String MERGE = ".merge";

  private final Path root;

  KeepPolicies(Path root) {
    this.root = root;
  }

  /**
   * What a series wants.
   *
   * @param merged of how many of its newest releases the merged models stay
   * @param releases its releases when it was started, oldest first; later ones are newer
   */
  public record Keep(int merged, List<String> releases) {
    public Keep {
      releases = List.copyOf(releases);
    }
  }

  /** Says what a series wants from now on; nothing where all of it is to stay. */
  public void set(String series, Optional<Keep> keep) throws IOException {
    Path folder = root.resolve("series").resolve(series);
    if (keep.isEmpty()) {
      Files.deleteIfExists(folder.resolve(FILE));
      return;
    }
    Files.createDirectories(folder);
    Path fresh = folder.resolve(FILE + ".new-" + UUID.randomUUID());
    Files.write(fresh, JSON.writeValueAsBytes(keep.get()));
    Files.move(
        fresh,
        folder.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** The series that want something, and what. */
  public Map<String, Keep> all() throws IOException {
    Map<String, Keep> all = new TreeMap<>();
    for (Path series : LineageGraph.folders(root.resolve("series"))) {
      try {
        all.put(
            series.getFileName().toString(),
            JSON.readValue(Files.readAllBytes(series.resolve(FILE)), Keep.class));
      } catch (NoSuchFileException e) {
        // This one wants everything to stay.
      }
    }
    return all;
  }

  /** The links of a series to merged models that need not stay. */
  static List<Path> dropped(Path series, Keep keep) throws IOException {
    List<Path> merges = new ArrayList<>();
    List<String> releases = new ArrayList<>(keep.releases());
    try (Stream<Path> entries = Files.list(series)) {
      List<Path> links =
          entries
              .filter(Files::isSymbolicLink)
              .sorted(Comparator.comparing(KeepPolicies::made).thenComparing(Path::toString))
              .toList();
      for (Path link : links) {
        String name = link.getFileName().toString();
        if (name.endsWith(".fetch") && !releases.contains(release(link))) {
          releases.add(release(link));
        } else if (name.endsWith(MERGE)) {
          merges.add(link);
        }
      }
    }
    List<String> kept = releases.reversed().stream().limit(keep.merged()).toList();
    return merges.stream().filter(link -> !kept.contains(release(link))).toList();
  }

  /** {@code M3} of {@code M3.iterative.merge}. */
  private static String release(Path link) {
    return link.getFileName().toString().split("\\.", 2)[0];
  }

  private static java.nio.file.attribute.FileTime made(Path link) {
    try {
      return Files.getLastModifiedTime(link, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
