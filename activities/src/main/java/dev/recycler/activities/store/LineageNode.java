package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One thing that a model came from, or the model itself. Nodes that several others came from are
 * one object.
 *
 * @param kind {@code merge}, {@code diff}, {@code finetune}, {@code checkpoint}, {@code evaluate},
 *     {@code release} or {@code data}
 * @param name what people call it: step names, a hub's name, else its folder's
 * @param path where it lies, or lay; empty where only a publication tells of it
 * @param digest its content digest, or empty where none was recorded
 * @param record its {@code recycler.json}; missing for what was not made here
 * @param inputs what it was made from, each with the role it had
 */
public record LineageNode(
    String kind, String name, Path path, String digest, JsonNode record, List<Input> inputs) {
  public LineageNode {
    inputs = List.copyOf(inputs);
  }

  /** An input and what it was used as: {@code base}, {@code finetuned}, {@code start}, … */
  public record Input(String role, LineageNode node) {}

  /** This node and all that it came from, each once, inputs before what was made from them. */
  public List<LineageNode> all() {
    Set<LineageNode> all = new LinkedHashSet<>();
    collect(all);
    return List.copyOf(all);
  }

  private void collect(Set<LineageNode> all) {
    if (all.contains(this)) {
      return;
    }
    inputs.forEach(input -> input.node().collect(all));
    all.add(this);
  }

  /** What the model is, e.g. {@code FT(M2 + (FT(M1) − M1))}. */
  public String formula() {
    return switch (kind) {
      case "finetune" -> finetuned() + stopped();
      case "checkpoint" ->
          finetuned() + " at step " + record.path("parameters").path("checkpoint").asLong();
      case "merge" -> {
        double scale = record.path("parameters").path("scale").asDouble(1);
        String times = scale == 1 ? "" : number(scale) + " · ";
        // 'diff apply' has no base: what it adds is a difference already.
        String added = input("base").isPresent() ? "(" + difference() + ")" : of("finetuned");
        yield of("target") + " + " + times + added;
      }
      case "diff" -> difference();
      default -> name;
    };
  }

  private String difference() {
    return of("finetuned") + " − " + of("base");
  }

  private String finetuned() {
    return "FT(" + input("start").map(LineageNode::formula).orElse("?") + ")";
  }

  /** Where a training was ended before its end. */
  private String stopped() {
    return record.path("result").hasNonNull("stopped")
        ? " at step " + record.path("result").path("steps").asLong()
        : "";
  }

  private static String number(double value) {
    String text = Double.toString(value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private Optional<LineageNode> input(String role) {
    return inputs.stream().filter(input -> input.role().equals(role)).map(Input::node).findFirst();
  }

  private boolean isSum() {
    return kind.equals("merge")
        || kind.equals("diff")
        || kind.equals("checkpoint")
        || !stopped().isEmpty();
  }

  /** An input as a term of a sum. */
  private String of(String role) {
    return input(role)
        .map(node -> node.isSum() ? "(" + node.formula() + ")" : node.formula())
        .orElse("?");
  }

  /** Two nodes are one where they are the same object: whole graphs are never compared. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
