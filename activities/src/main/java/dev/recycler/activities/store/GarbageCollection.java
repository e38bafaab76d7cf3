package dev.recycler.activities.store;

import dev.recycler.activities.drill.FaultPoint;
import dev.recycler.activities.store.KeepPolicies.Keep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Finds what nothing needs any more and removes it. Kept are: what a series' links point at, what
 * is pinned, what either was made from, what was used a short while ago, and what a step is at.
 * Only the store's own folder is touched, and links in it are never followed.
 */
public final class GarbageCollection {
  private static final Duration LONGEST_PUBLISHING = Duration.ofDays(7);

  private final Path root;
  private final Uses uses;

  GarbageCollection(Path root, Uses uses) {
    this.root = root;
    this.uses = uses;
  }

  /**
   * What goes.
   *
   * @param unused artifacts that nothing points at go once they were not used for this long
   * @param forget series whose links keep nothing any more: they are over, and the links go too
   * @param keep what series want that are over: merged models beyond that go, though models that
   *     stay were made from them; their records stay
   */
  public record Policy(Duration unused, Set<String> forget, Map<String, Keep> keep) {
    /** A policy in which no series wants less than everything. */
    public Policy(Duration unused, Set<String> forget) {
      this(unused, forget, Map.of());
    }

    public Policy {
      forget = Set.copyOf(forget);
      keep = Map.copyOf(keep);
      if (unused.isNegative()) {
        throw new IllegalArgumentException("a time cannot be negative");
      }
    }
  }

  /**
   * Something that can go.
   *
   * @param path what is removed
   * @param bytes what it takes on disk; files that other names share count for none
   * @param why a few words
   */
  public record Item(Path path, long bytes, String why) {}

  /** What would go by a policy; nothing is removed. */
  public List<Item> find(Policy policy) throws IOException {
    List<Item> items = new ArrayList<>();
    leftovers(items);
    Map<Path, String> dropped = dropped(policy);
    Set<Path> needed = needed(policy);
    Instant now = uses.now();
    for (Path artifact : artifacts()) {
      String series = dropped.get(artifact);
      if ((series != null || !needed.contains(artifact)) && isUnused(artifact, policy, now)) {
        items.add(
            new Item(
                artifact,
                size(artifact),
                series == null
                    ? "no series and no pin needs it"
                    : "a merged model that series %s keeps no more".formatted(series)));
      }
    }
    for (String series : policy.forget()) {
      Path links = root.resolve("series").resolve(series);
      if (Files.isDirectory(links, LinkOption.NOFOLLOW_LINKS)) {
        items.add(new Item(links, size(links), "links of a series that is to be forgotten"));
      }
    }
    return items;
  }

  /**
   * Removes what {@link #find} found, as far as nobody has begun to use it since.
   *
   * @return what was removed
   */
  public List<Item> remove(List<Item> items, Policy policy) throws IOException {
    List<Item> removed = new ArrayList<>();
    for (Item item : items) {
      Optional<Fingerprint> artifact = InUse.fingerprint(root, item.path());
      if (artifact.isEmpty()) {
        discard(item.path());
        emptyTrash();
        removed.add(item);
      } else if (removeUnlessUsed(artifact.get(), item.path(), policy)) {
        removed.add(item);
      }
    }
    dropClaims();
    return removed;
  }

  /** Who owned a folder that is gone, where that could not be removed with it. */
  private void dropClaims() throws IOException {
    try (Stream<Path> entries = Files.list(root.resolve("staging"))) {
      for (Path entry : entries.toList()) {
        if (Owner.isClaim(entry)) {
          Owner.dropUseless(entry);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever staged.
    }
  }

  private boolean removeUnlessUsed(Fingerprint fingerprint, Path artifact, Policy policy)
      throws IOException {
    if (!uses.announce(fingerprint)) {
      return false;
    }
    boolean removed = false;
    try {
      // From here on whoever wants it waits; whoever was there before is seen.
      if (isUnused(artifact, policy, uses.now()) && !isPointedAt(artifact, policy)) {
        keepRecord(artifact, policy);
        discard(artifact);
        uses.forget(fingerprint);
        removed = true;
      }
    } finally {
      uses.withdraw(fingerprint);
    }
    emptyTrash();
    return removed;
  }

  /** What models that stay were made from is known when it is gone. */
  private void keepRecord(Path artifact, Policy policy) throws IOException {
    if (dropped(policy).containsKey(artifact)) {
      Path record = LineageGraph.recordOf(root, artifact);
      Files.createDirectories(record.getParent());
      Files.copy(
          artifact.resolve(ArtifactStore.RECORD), record, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The merged models that only links point at which their series need no more, and whose. */
  private Map<Path, String> dropped(Policy policy) throws IOException {
    Map<Path, String> dropped = new HashMap<>();
    if (policy.keep().isEmpty()) {
      return dropped;
    }
    for (Map.Entry<String, Keep> keep : policy.keep().entrySet()) {
      Path series = root.resolve("series").resolve(keep.getKey());
      for (Path link : KeepPolicies.dropped(series, keep.getValue())) {
        Path artifact = series.resolve(Files.readSymbolicLink(link)).normalize();
        artifact(artifact).ifPresent(path -> dropped.put(path, keep.getKey()));
      }
    }
    for (Path target : pointedAt(policy)) {
      artifact(target).ifPresent(dropped::remove);
    }
    return dropped;
  }

  /** Takes a folder away in one step; what a collector leaves there that dies goes next time. */
  private void discard(Path path) throws IOException {
    Path trash =
        Files.createDirectories(root.resolve("trash")).resolve(UUID.randomUUID().toString());
    FaultPoint.reached("gc.before-trash", path);
    try {
      Files.move(path, trash, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // Another collector was first.
    }
    FaultPoint.reached("gc.trashed", trash);
  }

  private void emptyTrash() throws IOException {
    for (Path left : LineageGraph.folders(root.resolve("trash"))) {
      Folders.delete(left);
    }
  }

  /** What dead processes left, and what published steps kept between their attempts. */
  private void leftovers(List<Item> items) throws IOException {
    for (Path staged : LineageGraph.folders(root.resolve("staging"))) {
      boolean published = staged.getFileName().toString().startsWith(".");
      if (published ? isForgotten(staged) : Owner.gone(staged)) {
        items.add(new Item(staged, size(staged), "half made by a process that is gone"));
      }
    }
    for (Path left : LineageGraph.folders(root.resolve("trash"))) {
      items.add(new Item(left, size(left), "removed before, in part"));
    }
    for (Path damaged : LineageGraph.folders(root.resolve("damaged"))) {
      items.add(new Item(damaged, size(damaged), "damaged, and set aside"));
    }
    for (Path operation : LineageGraph.folders(root.resolve("work"))) {
      for (Path work : LineageGraph.folders(operation)) {
        Path made = root.resolve("artifacts").resolve(root.resolve("work").relativize(work));
        if (Files.exists(made.resolve(ArtifactStore.RECORD))) {
          items.add(new Item(work, size(work), "work of a step that is finished"));
        }
      }
    }
  }

  /** Weights that were cast for publishing have no owner; an upload does not take that long. */
  private boolean isForgotten(Path staged) throws IOException {
    return Files.getLastModifiedTime(staged)
        .toInstant()
        .isBefore(uses.now().minus(LONGEST_PUBLISHING));
  }

  private List<Path> artifacts() throws IOException {
    List<Path> artifacts = new ArrayList<>();
    for (Path operation : LineageGraph.folders(root.resolve("artifacts"))) {
      artifacts.addAll(LineageGraph.folders(operation));
    }
    return artifacts;
  }

  /** What links and pins point at, and all that it was made from. */
  private Set<Path> needed(Policy policy) throws IOException {
    Set<Path> needed = new HashSet<>();
    for (Path start : pointedAt(policy)) {
      if (artifact(start).isPresent() && Files.isDirectory(start)) {
        for (LineageNode node : LineageGraph.of(start).all()) {
          artifact(node.path()).ifPresent(needed::add);
        }
      }
    }
    return needed;
  }

  private Set<Path> pointedAt(Policy policy) throws IOException {
    Set<Path> targets = new HashSet<>(pinned().all());
    for (Path series : LineageGraph.folders(root.resolve("series"))) {
      if (!policy.forget().contains(series.getFileName().toString())) {
        targets.addAll(targets(series, policy));
      }
    }
    return targets;
  }

  private boolean isPointedAt(Path artifact, Policy policy) throws IOException {
    for (Path target : pointedAt(policy)) {
      if (artifact(target).equals(Optional.of(artifact))) {
        return true;
      }
    }
    return false;
  }

  /** The artifact of this store that a path is or lies in. */
  private Optional<Path> artifact(Path path) throws IOException {
    return InUse.fingerprint(root, path)
        .map(print -> root.resolve("artifacts").resolve(print.operation()).resolve(print.hex()));
  }

  private static List<Path> targets(Path series, Policy policy) throws IOException {
    List<Path> targets = new ArrayList<>();
    Keep keep = policy.keep().get(series.getFileName().toString());
    List<Path> dropped = keep == null ? List.of() : KeepPolicies.dropped(series, keep);
    try (Stream<Path> links = Files.list(series)) {
      for (Path link : links.filter(Files::isSymbolicLink).toList()) {
        if (dropped.contains(link)) {
          continue;
        }
        targets.add(series.resolve(Files.readSymbolicLink(link)).normalize());
      }
    }
    return targets;
  }

  private boolean isUnused(Path artifact, Policy policy, Instant now) throws IOException {
    Duration unused = policy.unused();
    Duration most = unused.compareTo(Uses.GRACE) < 0 ? Uses.GRACE : unused;
    Optional<Fingerprint> fingerprint = InUse.fingerprint(root, artifact);
    if (fingerprint.isEmpty() || !Files.isDirectory(artifact)) {
      return false;
    }
    Instant last = uses.last(fingerprint.get()).orElse(Instant.EPOCH);
    Instant made;
    try {
      made = Files.getLastModifiedTime(artifact.resolve(ArtifactStore.RECORD)).toInstant();
    } catch (NoSuchFileException e) {
      // Not ours to judge: nothing in artifacts/ is without a record.
      return false;
    }
    Instant latest = last.isAfter(made) ? last : made;
    return !latest.isAfter(now.minus(most));
  }

  /** Bytes that go with a folder: files with other names stay. */
  private static long size(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && links(file) == 1) {
          bytes += Files.size(file);
        }
      }
    } catch (NoSuchFileException | java.io.UncheckedIOException e) {
      // Somebody else removes it meanwhile.
      return bytes;
    }
    return bytes;
  }

  private static int links(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
  }

  /** What the series of this store want to be left of them. */
  public KeepPolicies policies() {
    return new KeepPolicies(root);
  }

  /** The pins of this store. */
  public Pins pinned() {
    return new Pins(root);
  }
}
