package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Follows lineage records from a model back to the releases and data it came from. */
public final class LineageGraph {
  /** Nothing is known beside the records. */
  private static final Hints NONE = new Hints(Optional.empty(), Map.of());

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern HUB_CACHE =
      Pattern.compile("(?:models|datasets)--([^/]+?)--([^/]+)/snapshots/([0-9a-f]{12})[^/]*$");

  private final Map<String, LineageNode> known = new HashMap<>();
  private final Map<Path, Map<Path, String>> names = new HashMap<>();
  private final Hints hints;

  private LineageGraph(Hints hints) {
    this.hints = hints;
  }

  /**
   * What helps to name the nodes; records alone tell where a model lay when a step first read it.
   *
   * @param series the series whose names of steps come before those of others
   * @param hubNames names of releases on the hub, such as {@code org/name@0123456789ab}, by the
   *     content digests of their folders
   */
  public record Hints(Optional<String> series, Map<String, String> hubNames) {
    public Hints {
      hubNames = Map.copyOf(hubNames);
    }
  }

  /**
   * The lineage of a model folder, an artifact of a store or a folder within one. What has no
   * record is a release without inputs.
   *
   * @throws NoSuchFileException where there is no folder
   */
  public static LineageNode of(Path path) throws IOException {
    return of(path, NONE);
  }

  /** The same, named by what the caller knows. */
  public static LineageNode of(Path path, Hints hints) throws IOException {
    Path real = path.toRealPath();
    if (!Files.isDirectory(real)) {
      throw new NotDirectoryException(path.toString());
    }
    return new LineageGraph(hints).node(real, "", false, placeName(real));
  }

  /** The store that an artifact lies in. */
  public static Optional<Path> storeOf(Path artifact) {
    Path operation = artifact.getParent();
    Path artifacts = operation == null ? null : operation.getParent();
    return artifacts != null && artifacts.endsWith("artifacts")
        ? Optional.ofNullable(artifacts.getParent())
        : Optional.empty();
  }

  /**
   * @param name of what has no record
   */
  private LineageNode node(Path path, String digest, boolean isData, String name)
      throws IOException {
    Optional<Path> made = isData ? Optional.empty() : madeIn(path);
    // A release is one, by whatever paths it was read: a copy, or the hub's cache.
    boolean byContent = made.isEmpty() && !isData && !digest.isEmpty();
    String key = byContent ? digest : path + " " + digest;
    LineageNode seen = known.get(key);
    if (seen != null) {
      return seen;
    }
    LineageNode node =
        made.isPresent()
            ? artifact(made.get(), path, digest)
            : new LineageNode(
                isData ? "data" : "release",
                isData ? name : hints.hubNames().getOrDefault(digest, name),
                path,
                digest,
                MissingNode.getInstance(),
                List.of());
    known.put(key, node);
    return node;
  }

  /** Where the record of an artifact stays when it is removed and others came from it. */
  static Path recordOf(Path root, Path artifact) {
    return root.resolve("records")
        .resolve(artifact.getParent().getFileName())
        .resolve(artifact.getFileName() + ".json");
  }

  private static Path recordFile(Path folder) {
    Path there = folder.resolve(ArtifactStore.RECORD);
    return Files.isRegularFile(there)
        ? there
        : storeOf(folder).map(root -> recordOf(root, folder)).orElse(there);
  }

  /** The folder with the record of what lies at {@code path}, which may be a part of it. */
  public static Optional<Path> madeIn(Path path) {
    for (Path folder = path; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(recordFile(folder))) {
        return Optional.of(folder);
      }
      if (folder.endsWith("artifacts")) {
        break;
      }
    }
    return Optional.empty();
  }

  private LineageNode artifact(Path folder, Path path, String digest) throws IOException {
    JsonNode record = JSON.readTree(Files.readAllBytes(recordFile(folder)));
    if (PublishedNodes.areIn(record)) {
      return PublishedNodes.model(record, folder);
    }
    List<LineageNode.Input> inputs = new ArrayList<>();
    JsonNode listed = record.path("inputs");
    if (listed.isObject()) {
      // What the commands 'merge' and 'diff' write.
      for (var input : listed.properties()) {
        inputs.add(ofCommand(input.getKey(), input.getValue()));
      }
    }
    for (JsonNode input : listed.isArray() ? listed : JSON.createArrayNode()) {
      inputs.add(ofStep(input));
    }
    String part = path.equals(folder) ? "" : ", " + folder.relativize(path);
    return new LineageNode(
        record.path("operation").asText("unknown"),
        nameOf(folder, record) + part,
        path,
        digest.isEmpty() ? record.path("digest").asText() : digest,
        record,
        inputs);
  }

  private LineageNode.Input ofStep(JsonNode input) throws IOException {
    String role = input.path("role").asText();
    Path path = Path.of(input.path("path").asText());
    String digest = input.path("digest").asText();
    return new LineageNode.Input(role, node(path, digest, role.equals("data"), placeName(path)));
  }

  private LineageNode.Input ofCommand(String role, JsonNode input) throws IOException {
    Path path = Path.of(input.path("path").asText());
    String revision = input.path("revision").asText();
    String name = input.path("name").asText(placeName(path));
    return new LineageNode.Input(
        role,
        node(
            path,
            input.path("digest").asText(),
            false,
            revision.isEmpty() ? name : name + "@" + brief(revision)));
  }

  private String nameOf(Path folder, JsonNode record) throws IOException {
    Optional<Path> store = storeOf(folder);
    if (store.isPresent()) {
      String step = stepNames(store.get()).get(folder);
      if (step != null) {
        return step;
      }
      return record.path("operation").asText() + " " + brief(record.path("fingerprint").asText());
    }
    return placeName(folder);
  }

  private static String brief(String digest) {
    return digest.substring(0, Math.min(12, digest.length()));
  }

  /** The steps that a store's links name, by the artifacts they point at. */
  private Map<Path, String> stepNames(Path store) throws IOException {
    Map<Path, String> steps = names.get(store);
    if (steps == null) {
      steps = stepNamesOf(store, hints.series());
      names.put(store, steps);
    }
    return steps;
  }

  private static Map<Path, String> stepNamesOf(Path store, Optional<String> preferred)
      throws IOException {
    Map<Path, String> steps = new TreeMap<>();
    List<Path> all = new ArrayList<>(folders(store.resolve("series")));
    preferred.ifPresent(name -> all.addFirst(store.resolve("series").resolve(name)));
    for (Path series : all) {
      links(series)
          .forEach((step, target) -> steps.putIfAbsent(target, series.getFileName() + "/" + step));
    }
    return steps;
  }

  /** What the links of a series' folder point at, by the names of its steps; none, no folder. */
  public static Map<String, Path> links(Path series) throws IOException {
    Map<String, Path> targets = new TreeMap<>();
    try (Stream<Path> links = Files.list(series)) {
      for (Path link : links.filter(Files::isSymbolicLink).toList()) {
        targets.put(
            link.getFileName().toString(),
            series.resolve(Files.readSymbolicLink(link)).normalize());
      }
    } catch (NoSuchFileException e) {
      return Map.of();
    }
    return targets;
  }

  static List<Path> folders(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** What the hub calls a folder of its cache: {@code org/name@0123456789ab}. */
  public static Optional<String> hubName(Path path) {
    Matcher matcher = HUB_CACHE.matcher(path.toString());
    return matcher.find()
        ? Optional.of(matcher.group(1) + "/" + matcher.group(2) + "@" + matcher.group(3))
        : Optional.empty();
  }

  /** A hub's name where the folder is one of its cache's, else the folder's own. */
  private static String placeName(Path path) {
    return hubName(path)
        .orElseGet(
            () -> path.getFileName() == null ? path.toString() : path.getFileName().toString());
  }
}
