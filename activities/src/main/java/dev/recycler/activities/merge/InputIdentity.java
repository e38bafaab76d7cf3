package dev.recycler.activities.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.WeightFileIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What tells an input apart from others, as far as that is known without reading its weights a
 * second time.
 *
 * @param role base, finetuned or target
 * @param path where it lies
 * @param name its name on the hub where that is known, else its folder's
 * @param revision the hub's revision, where it lies in the hub's cache
 * @param digest the content digest that the caller knows
 * @param files its weight files
 */
record InputIdentity(
    String role,
    Path path,
    String name,
    Optional<String> revision,
    Optional<String> digest,
    List<File> files) {
  private static final Pattern HUB_CACHE =
      Pattern.compile("models--([^/]+?)(?:--([^/]+))?/snapshots/([^/]+)$");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int RECORD_LIMIT = 64 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  InputIdentity {
    files = List.copyOf(files);
  }

  /**
   * A weight file.
   *
   * @param known the SHA-256 of the whole file, where somebody took it before
   */
  record File(WeightFileIdentity header, Optional<Known> known) {}

  /**
   * A digest that was taken before.
   *
   * @param sha256 the SHA-256 of a whole file, in hex
   * @param from who says so
   */
  record Known(String sha256, String from) {}

  static InputIdentity of(String role, ModelFolder folder, Optional<String> digest)
      throws IOException {
    Path path = folder.path().toAbsolutePath().normalize();
    Matcher hub = HUB_CACHE.matcher(folder.realPath().toString());
    boolean cached = hub.find();
    Map<String, JsonNode> recorded = recorded(folder);
    return new InputIdentity(
        role,
        path,
        cached ? hubName(hub) : plainName(folder, path),
        cached ? Optional.of(hub.group(3)) : Optional.empty(),
        digest,
        folder.identities().stream().map(file -> new File(file, known(file, recorded))).toList());
  }

  private static String hubName(Matcher hub) {
    return hub.group(2) == null ? hub.group(1) : hub.group(1) + "/" + hub.group(2);
  }

  private static String plainName(ModelFolder folder, Path path) throws IOException {
    return ModelConfig.of(folder)
        .flatMap(ModelConfig::origin)
        .filter(origin -> origin.matches("[\\w.-]+/[\\w.-]+"))
        .orElse(path.getFileName() == null ? "model" : path.getFileName().toString());
  }

  private static Optional<Known> known(WeightFileIdentity file, Map<String, JsonNode> recorded) {
    String blob = file.real().getFileName().toString();
    if (file.real().getParent().endsWith("blobs") && SHA256.matcher(blob).matches()) {
      return Optional.of(new Known(blob, "the hub cache's name of the file"));
    }
    return Optional.ofNullable(recorded.get(file.name()))
        .filter(
            record -> record.path("bytes").asLong(record.path("size").asLong(-1)) == file.bytes())
        .map(record -> record.path("sha256").asText())
        .filter(sha256 -> SHA256.matcher(sha256).matches())
        .map(sha256 -> new Known(sha256, Lineage.NAME + " beside the file"));
  }

  /**
   * What the input's own record says of its files, by name; nothing where it has no readable one.
   */
  private static Map<String, JsonNode> recorded(ModelFolder folder) throws IOException {
    Optional<byte[]> bytes = folder.sidecar(Lineage.NAME, RECORD_LIMIT);
    if (bytes.isEmpty()) {
      return Map.of();
    }
    Map<String, JsonNode> files = new HashMap<>();
    try {
      JsonNode listed = JSON.readTree(bytes.get()).path("files");
      if (listed instanceof ObjectNode byName) {
        byName.properties().forEach(entry -> files.put(entry.getKey(), entry.getValue()));
      } else {
        listed.forEach(file -> files.put(file.path("path").asText(), file));
      }
    } catch (IOException e) {
      // A foreign file of this name says nothing.
      return Map.of();
    }
    return files;
  }

  /** As {@code recycler.json} has it. */
  ObjectNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("path", path.toString());
    json.put("name", name);
    revision.ifPresent(known -> json.put("revision", known));
    digest.ifPresent(known -> json.put("digest", known));
    for (File file : files) {
      ObjectNode entry = json.withArray("files").addObject();
      entry.put("name", file.header().name());
      entry.put("bytes", file.header().bytes());
      entry.put("header_bytes", file.header().headerBytes());
      entry.put("header_sha256", file.header().headerSha256());
      file.known()
          .ifPresent(known -> entry.put("sha256", known.sha256()).put("sha256_from", known.from()));
    }
    return json;
  }
}
