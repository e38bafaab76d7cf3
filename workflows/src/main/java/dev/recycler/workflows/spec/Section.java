package dev.recycler.workflows.spec;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A mapping of a YAML file. */
public final class Section {
  private final Value value;
  private final Map<String, Value> entries = new LinkedHashMap<>();
  private final Set<String> meant = new LinkedHashSet<>();

  private Section(Value value) {
    this.value = value;
  }

  /** A mapping whose keys are the user's own; keys that stand twice are refused. */
  static Optional<Section> free(Value value) {
    if (!(value.node() instanceof MappingNode mapping)) {
      value.problem("must be a mapping, \"key: value\" lines");
      return Optional.empty();
    }
    Section section = new Section(value);
    for (NodeTuple tuple : mapping.getValue()) {
      section.take(tuple);
    }
    return Optional.of(section);
  }

  /** A mapping with known keys; others are refused. */
  public static Optional<Section> of(Value value, Set<String> keys) {
    Optional<Section> section = free(value);
    section.ifPresent(s -> s.refuseOthers((MappingNode) value.node(), keys));
    return section;
  }

  Map<String, Value> entries() {
    return entries;
  }

  /** The value of a key, where there is one. */
  public Optional<Value> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** A value that must be there. */
  public Optional<Value> require(String key, String remedy) {
    // A misspelt key has been told of already.
    if (!entries.containsKey(key) && !meant.contains(key)) {
      value.problem("the key \"%s\" is missing; %s".formatted(key, remedy));
    }
    return get(key);
  }

  private void take(NodeTuple tuple) {
    if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
      at(tuple, value.key()).problem("a key must be a word");
      return;
    }
    String path = value.key().isEmpty() ? key.getValue() : value.key() + "." + key.getValue();
    Value first = entries.get(key.getValue());
    if (first != null) {
      at(tuple, path).problem("stands twice, first on line %d; keep one".formatted(first.line()));
      return;
    }
    entries.put(
        key.getValue(),
        new Value(tuple.getValueNode(), path, value.problems(), value.surroundings()));
  }

  private void refuseOthers(MappingNode mapping, Set<String> keys) {
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key) || keys.contains(key.getValue())) {
        continue;
      }
      Optional<String> nearest = Nearest.to(key.getValue(), keys);
      nearest.ifPresent(meant::add);
      at(tuple, entries.get(key.getValue()).key())
          .problem(
              "unknown key; "
                  + nearest
                      .map("did you mean \"%s\"?"::formatted)
                      .orElse("the keys here are " + String.join(", ", keys)));
    }
  }

  private Value at(NodeTuple tuple, String path) {
    return new Value(tuple.getKeyNode(), path, value.problems(), value.surroundings());
  }
}
