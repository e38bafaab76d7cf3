package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes of a record that was written for others: it holds the whole lineage, each node after
 * what it was made from, and tells no paths.
 */
final class PublishedNodes {
  private static final Path NOWHERE = Path.of("");

  private PublishedNodes() {}

  /** Whether a {@code recycler.json} is such a record. */
  static boolean areIn(JsonNode record) {
    return !record.path("lineage").isEmpty();
  }

  /**
   * The model that was published, with all that it came from.
   *
   * @param folder where the publication lies
   * @throws IOException where a node names an input that does not stand before it
   */
  static LineageNode model(JsonNode record, Path folder) throws IOException {
    Map<Integer, LineageNode> nodes = new HashMap<>();
    JsonNode listed = record.path("lineage");
    LineageNode node = null;
    for (int i = 0; i < listed.size(); i++) {
      JsonNode entry = listed.get(i);
      List<LineageNode.Input> inputs = new ArrayList<>();
      for (JsonNode input : entry.path("inputs")) {
        LineageNode from = nodes.get(input.path("id").asInt());
        if (from == null) {
          throw new IOException(
              "%s is damaged: node %s of its lineage was made from %s, which does not stand before it"
                  .formatted(
                      folder.resolve(ArtifactStore.RECORD), entry.path("id"), input.path("id")));
        }
        inputs.add(new LineageNode.Input(input.path("role").asText(), from));
      }
      node =
          new LineageNode(
              entry.path("kind").asText("model"),
              entry.path("name").asText("?"),
              i == listed.size() - 1 ? folder : NOWHERE,
              entry.path("digest").asText(),
              entry,
              inputs);
      nodes.put(entry.path("id").asInt(), node);
    }
    return node;
  }
}
