package dev.recycler.activities.preview;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** In what the parameters of two steps of a kind differ, as people say it. */
final class Differences {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Inputs of steps: models, by their digests. */
  private static final Set<String> MODELS = Set.of("start", "model", "base", "finetuned", "target");

  private final Map<String, JsonNode> before;
  private final Map<String, JsonNode> now;

  private Differences(Map<String, JsonNode> before, Map<String, JsonNode> now) {
    this.before = before;
    this.now = now;
  }

  /**
   * @param before the parameters of a step that is done
   * @param now the parameters of a step that is not
   */
  static Differences between(JsonNode before, Map<String, ?> now) {
    return new Differences(flat(before), flat(JSON.valueToTree(now)));
  }

  /** Where they differ, e.g. {@code arguments.learning_rate}. */
  Set<String> keys() {
    Map<String, JsonNode> all = new TreeMap<>(before);
    all.putAll(now);
    return all.keySet().stream()
        .filter(key -> !same(key))
        .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
  }

  /** Models aside, everything that differs, one phrase each kind of change. */
  List<String> phrases() {
    Map<String, List<String>> byTopic = new LinkedHashMap<>();
    for (String key : keys()) {
      if (!MODELS.contains(key)) {
        byTopic.computeIfAbsent(topic(key), _ -> new ArrayList<>()).add(change(key));
      }
    }
    return byTopic.entrySet().stream()
        .map(
            topic -> {
              String changes =
                  topic.getValue().stream()
                      .filter(change -> !change.isEmpty())
                      .collect(Collectors.joining(", "));
              return changes.isEmpty() ? topic.getKey() : topic.getKey() + ": " + changes;
            })
        .toList();
  }

  /** The models that differ. */
  List<String> models() {
    return keys().stream().filter(MODELS::contains).toList();
  }

  private boolean same(String key) {
    JsonNode one = before.get(key);
    JsonNode other = now.get(key);
    return one != null && other != null && (one.equals(other) || number(one, other));
  }

  /** {@code 1} and {@code 1.0}. */
  private static boolean number(JsonNode one, JsonNode other) {
    return one.isNumber() && other.isNumber() && one.asDouble() == other.asDouble();
  }

  private String topic(String key) {
    String first = key.split("\\.", 2)[0];
    return switch (first) {
      case "arguments" -> now.containsKey("harness") ? "evaluation changed" : "recipe changed";
      case "trainer", "launch", "gpus" -> "recipe changed";
      case "environment" -> "environment changed";
      case "tool" -> "tools changed";
      case "trainerIs" -> "the trainer's own code changed";
      case "data" -> "data changed";
      case "include" -> "task definitions changed";
      case "scale", "load", "dtype" -> "merge changed";
      case "stops", "taken" -> "gate changed";
      case "harness", "task", "metric", "command" -> "evaluation changed";
      default -> "recycler computes it otherwise now";
    };
  }

  private String change(String key) {
    String first = key.split("\\.", 2)[0];
    if (Set.of("data", "include", "trainerIs", "adapter", "arithmetic", "stops", "taken")
        .contains(first)) {
      return "";
    }
    if (first.equals("tool")) {
      return versions(text(before.get(key)), text(now.get(key)));
    }
    String name =
        key.startsWith("arguments.") || key.startsWith("environment.")
            ? key.substring(key.indexOf('.') + 1)
            : key;
    return "%s %s → %s".formatted(name, text(before.get(key)), text(now.get(key)));
  }

  /** Of {@code trl 1.16.0, torch 2.15.0} the packages that differ. */
  private static String versions(String before, String now) {
    List<String> old = Arrays.asList(before.split(", "));
    List<String> fresh = Arrays.asList(now.split(", "));
    List<String> changes = new ArrayList<>();
    for (String version : fresh) {
      if (!old.contains(version)) {
        String name = version.split(" ", 2)[0];
        String was =
            old.stream()
                .filter(other -> other.startsWith(name + " "))
                .map(other -> other.substring(name.length() + 1))
                .findFirst()
                .orElse("none");
        changes.add("%s %s → %s".formatted(name, was, version.substring(version.indexOf(' ') + 1)));
      }
    }
    return String.join(", ", changes);
  }

  private static String text(JsonNode value) {
    if (value == null || value.isNull()) {
      return "none";
    }
    String text = value.isValueNode() ? value.asText() : value.toString();
    return text.length() <= 60 ? text : text.substring(0, 59) + "…";
  }

  private static Map<String, JsonNode> flat(JsonNode parameters) {
    Map<String, JsonNode> flat = new LinkedHashMap<>();
    parameters
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().isObject()) {
                entry
                    .getValue()
                    .properties()
                    .forEach(
                        inner -> flat.put(entry.getKey() + "." + inner.getKey(), inner.getValue()));
              } else {
                flat.put(entry.getKey(), entry.getValue());
              }
            });
    return flat;
  }
}
