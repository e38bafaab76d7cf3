package dev.recycler.cli.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.store.LineageNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A lineage as lines of a tree, and as data for JSON. */
final class LineageText {
  private LineageText() {}

  /** The tree; what stands in it twice is told of once. */
  static List<String> tree(LineageNode root) {
    List<String> lines = new ArrayList<>();
    lines.add(root.formula());
    lines.add("");
    add(lines, root, "", "", "", new HashSet<>());
    return lines;
  }

  private static void add(
      List<String> lines,
      LineageNode node,
      String role,
      String first,
      String rest,
      Set<LineageNode> told) {
    boolean again = !told.add(node);
    lines.add(
        first
            + (role.isEmpty() ? "" : role + ": ")
            + summary(node)
            + (again && !node.inputs().isEmpty() ? "  (see above)" : ""));
    if (again) {
      return;
    }
    for (int i = 0; i < node.inputs().size(); i++) {
      LineageNode.Input input = node.inputs().get(i);
      boolean last = i == node.inputs().size() - 1;
      add(
          lines,
          input.node(),
          input.role(),
          rest + (last ? "└─ " : "├─ "),
          rest + (last ? "   " : "│  "),
          told);
    }
  }

  /** One line about a node. */
  static String summary(LineageNode node) {
    StringBuilder line = new StringBuilder(node.kind()).append(' ').append(node.name());
    String detail = detail(node);
    if (!detail.isEmpty()) {
      line.append("  ").append(detail);
    }
    if (!node.digest().isEmpty()) {
      line.append("  ").append(node.digest(), 0, Math.min(12, node.digest().length()));
    }
    return line.toString();
  }

  /** What is worth knowing about how it was made. */
  static String detail(LineageNode node) {
    JsonNode record = node.record();
    return switch (node.kind()) {
      case "merge" -> "λ " + record.path("parameters").path("scale").asDouble(1);
      case "finetune" ->
          "%d steps, %s"
              .formatted(
                  record.path("metrics").path("steps").asLong(),
                  record.path("parameters").path("trainer").asText());
      case "evaluate" ->
          String.format(
              Locale.ROOT,
              "%s %.4f",
              record.path("result").path("task").asText(),
              record.path("result").path("value").asDouble());
      default -> "";
    };
  }

  /** Every node once, inputs by their numbers; the last one is what was asked about. */
  static Map<String, Object> json(LineageNode root) {
    List<LineageNode> all = root.all();
    Map<LineageNode, Integer> ids = new HashMap<>();
    List<Object> nodes = new ArrayList<>();
    for (LineageNode node : all) {
      ids.put(node, ids.size() + 1);
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("id", ids.get(node));
      entry.put("kind", node.kind());
      entry.put("name", node.name());
      if (!node.path().toString().isEmpty()) {
        entry.put("path", node.path().toString());
      }
      entry.put("digest", node.digest());
      for (String key :
          List.of(
              "fingerprint",
              "parameters",
              "versions",
              "commands",
              "host",
              "started",
              "finished",
              "metrics",
              "result")) {
        if (node.record().hasNonNull(key)) {
          entry.put(key, node.record().get(key));
        }
      }
      List<Object> inputs = new ArrayList<>();
      for (LineageNode.Input input : node.inputs()) {
        inputs.add(Map.of("role", input.role(), "id", ids.get(input.node())));
      }
      entry.put("inputs", inputs);
      nodes.add(entry);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("formula", root.formula());
    json.put("root", ids.get(root));
    json.put("nodes", nodes);
    return json;
  }
}
