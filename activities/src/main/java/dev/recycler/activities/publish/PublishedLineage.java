package dev.recycler.activities.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.activities.store.FileDigest;
import dev.recycler.activities.store.LineageNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a model came from, for others to read: no host, no path, no command line of the machines it
 * was made on.
 */
final class PublishedLineage {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> KEPT =
      List.of("fingerprint", "versions", "started", "finished", "metrics");

  /** Parameters that may name places or hold what users set in the environment. */
  private static final List<String> PRIVATE = List.of("environment", "launch", "command");

  private PublishedLineage() {}

  /**
   * The text of {@code recycler.json}.
   *
   * @param published what was done for publishing, e.g. a cast
   * @param files what is published, but for the card
   */
  static String text(LineageNode model, Map<String, String> published, List<FileDigest> files) {
    ObjectNode json = JSON.createObjectNode().put("format", 1).put("formula", model.formula());
    ObjectNode done = json.putObject("published");
    published.forEach(done::put);
    ObjectNode listed = json.putObject("files");
    for (FileDigest file : files) {
      listed.putObject(file.path()).put("bytes", file.size()).put("sha256", file.sha256());
    }
    ArrayNode lineage = json.putArray("lineage");
    Map<LineageNode, Integer> numbers = new HashMap<>();
    for (LineageNode node : model.all()) {
      numbers.put(node, numbers.size() + 1);
      ObjectNode entry =
          lineage
              .addObject()
              .put("id", numbers.get(node))
              .put("kind", node.kind())
              .put("name", node.name())
              .put("digest", node.digest());
      for (String key : KEPT) {
        if (node.record().hasNonNull(key)) {
          entry.set(key, node.record().get(key));
        }
      }
      if (node.record().path("parameters") instanceof ObjectNode parameters) {
        entry.set("parameters", parameters.deepCopy().remove(PRIVATE));
      }
      JsonNode result = node.record().path("result");
      if (result.hasNonNull("stopped")) {
        // Without it nobody could tell that the training was ended before its end.
        ObjectNode ended = entry.putObject("result");
        ended.set("stopped", result.get("stopped"));
        ended.set("steps", result.path("steps"));
      }
      ArrayNode inputs = entry.putArray("inputs");
      for (LineageNode.Input input : node.inputs()) {
        inputs.addObject().put("role", input.role()).put("id", numbers.get(input.node()));
      }
    }
    return json.toPrettyString() + "\n";
  }
}
