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
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern HUB_CACHE =
      Pattern.compile("(?:models|datasets)--([^/]+?)--([^/]+)/snapshots/([0-9a-f]{12})[^/]*$");

  private final Map<String, LineageNode> known = new HashMap<>();
  private final Map<Path, Map<Path, String>> names = new HashMap<>();

  private LineageGraph() {}

  /**
   * The lineage of a model folder, an artifact of a store or a folder within one.
   *
   * @throws NoSuchFileException where there is no folder
   */
  public static LineageNode of(Path path) throws IOException {
    Path real = path.toRealPath();
    if (!Files.isDirectory(real)) {
      throw new NotDirectoryException(path.toString());
    }
    return new LineageGraph().node(real, "", false);
  }

  /** The store that an artifact lies in. */
  public static Optional<Path> storeOf(Path artifact) {
    Path operation = artifact.getParent();
    Path artifacts = operation == null ? null : operation.getParent();
    return artifacts != null && artifacts.endsWith("artifacts")
        ? Optional.ofNullable(artifacts.getParent())
        : Optional.empty();
  }

  private LineageNode node(Path path, String digest, boolean isData) throws IOException {
    LineageNode seen = known.get(path + " " + digest);
    if (seen != null) {
      return seen;
    }
    Optional<Path> made = isData ? Optional.empty() : madeIn(path);
    LineageNode node =
        made.isPresent()
            ? artifact(made.get(), path, digest)
            : new LineageNode(
                isData ? "data" : "release",
                placeName(path),
                path,
                digest,
                MissingNode.getInstance(),
                List.of());
    known.put(path + " " + digest, node);
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
  private static Optional<Path> madeIn(Path path) {
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
    List<LineageNode.Input> inputs = new ArrayList<>();
    JsonNode listed = record.path("inputs");
    if (listed.isObject()) {
      // What the merge command wrote.
      for (var input : listed.properties()) {
        inputs.add(input(input.getKey(), input.getValue().asText(), ""));
      }
    }
    for (JsonNode input : listed.isArray() ? listed : JSON.createArrayNode()) {
      inputs.add(
          input(
              input.path("role").asText(),
              input.path("path").asText(),
              input.path("digest").asText()));
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

  private LineageNode.Input input(String role, String path, String digest) throws IOException {
    return new LineageNode.Input(role, node(Path.of(path), digest, role.equals("data")));
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
      steps = stepNamesOf(store);
      names.put(store, steps);
    }
    return steps;
  }

  static Map<Path, String> stepNamesOf(Path store) throws IOException {
    Map<Path, String> steps = new TreeMap<>();
    for (Path series : folders(store.resolve("series"))) {
      try (Stream<Path> links = Files.list(series)) {
        for (Path link : links.filter(Files::isSymbolicLink).sorted().toList()) {
          Path target = series.resolve(Files.readSymbolicLink(link)).normalize();
          steps.putIfAbsent(target, series.getFileName() + "/" + link.getFileName());
        }
      }
    }
    return steps;
  }

  static List<Path> folders(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** A hub's name where the folder is one of its cache's, else the folder's own. */
  private static String placeName(Path path) {
    Matcher matcher = HUB_CACHE.matcher(path.toString());
    if (matcher.find()) {
      return matcher.group(1) + "/" + matcher.group(2) + "@" + matcher.group(3);
    }
    return path.getFileName() == null ? path.toString() : path.getFileName().toString();
  }
}
