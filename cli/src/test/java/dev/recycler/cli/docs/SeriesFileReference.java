package dev.recycler.cli.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** The reference of the series file as a document, written from its JSON Schema. */
final class SeriesFileReference {
  private static final String DEFINITION = "#/$defs/";

  private final JsonNode schema;
  private final Dump yaml =
      new Dump(
          DumpSettings.builder()
              .setDefaultFlowStyle(FlowStyle.AUTO)
              .setIndicatorIndent(2)
              .setIndentWithIndicator(true)
              .setWidth(110)
              .build());

  SeriesFileReference(JsonNode schema) {
    this.schema = schema;
  }

  String text() {
    var text =
        new StringBuilder(
            """
            # The series file

            Generated from the JSON Schema that editors use
            (`workflows/src/main/resources/dev/recycler/workflows/spec/series.schema.json`). The file is YAML; a
            relative path in it starts at the file's folder. `recycler init` writes one with comments, `recycler
            plan FILE` checks it and names each mistake by line and key.

            | key | | what it says |
            |---|---|---|
            """);
    schema
        .get("properties")
        .properties()
        .forEach(
            key ->
                text.append(
                    "| [`%s`](#%s) | %s | %s |%n"
                        .formatted(
                            key.getKey(),
                            key.getKey(),
                            needed(schema, key.getKey()),
                            cell(description(key.getKey(), key.getValue())))));
    schema
        .get("properties")
        .properties()
        .forEach(key -> section(text, key.getKey(), key.getValue()));
    for (String part : List.of("resources", "limits")) {
      section(text, part, schema.at("/$defs/" + part));
    }
    return text.toString().strip() + "\n";
  }

  private void section(StringBuilder text, String name, JsonNode value) {
    text.append("%n## %s%n%n%s%n".formatted(name, description(name, value)));
    boolean list = value.path("type").asText().equals("array");
    JsonNode entry = list ? value.get("items") : value;
    if (entry.has("properties")) {
      text.append(
          (list ? "\nA list, each entry with:\n" : "") + "\n| key | | value | what it says |\n");
      text.append("|---|---|---|---|\n");
      entry.get("properties").properties().forEach(key -> text.append(row(name, entry, key)));
    } else {
      text.append("%nValue: %s.%n".formatted(value(value)));
    }
    for (JsonNode example : value.path("examples")) {
      Object plain = new ObjectMapper().convertValue(example, Object.class);
      text.append("\n```yaml\n").append(block(Map.of(name, plain))).append("```\n");
    }
  }

  /** A map in lines, also where it is short enough for one. */
  private String block(Map<String, Object> map) {
    return yaml.dumpToString(map).replaceFirst("(?s)^\\{(.*)\\}\n$", "$1\n");
  }

  private String row(String section, JsonNode entry, Map.Entry<String, JsonNode> key) {
    String means = description(section + "." + key.getKey(), key.getValue());
    if (key.getValue().has("default")) {
      means += " Default: `" + key.getValue().get("default").asText() + "`.";
    }
    return "| `%s` | %s | %s | %s |%n"
        .formatted(
            key.getKey(), needed(entry, key.getKey()), cell(value(key.getValue())), cell(means));
  }

  private static String needed(JsonNode of, String key) {
    for (JsonNode required : of.path("required")) {
      if (required.asText().equals(key)) {
        return "needed";
      }
    }
    return "";
  }

  /**
   * What a key says.
   *
   * @throws AssertionError where the schema leaves that to be guessed
   */
  private String description(String key, JsonNode value) {
    String own = value.path("description").asText();
    String said = own.isEmpty() ? definition(value).path("description").asText() : own;
    if (said.isEmpty()) {
      throw new AssertionError("the schema has no description of " + key);
    }
    return said;
  }

  /** What may stand there, in words. */
  private String value(JsonNode value) {
    JsonNode definition = definition(value);
    if (definition.has("properties")) {
      String name = value.get("$ref").asText().substring(DEFINITION.length());
      return "[see below](#" + name + ")";
    }
    if (definition.has("title")) {
      return definition.get("title").asText();
    }
    if (definition.has("enum")) {
      List<String> words = new ArrayList<>();
      definition.get("enum").forEach(word -> words.add("`" + word.asText() + "`"));
      return String.join(", ", words);
    }
    if (definition.has("oneOf")) {
      return value(definition.get("oneOf").get(0)) + "; or a list";
    }
    return switch (definition.path("type").asText()) {
      case "string" -> "text";
      case "number" -> "a number";
      case "integer" -> "a whole number" + bounds(definition);
      case "boolean" -> "`true`, `false`";
      case "array" -> "a list: " + value(definition.get("items"));
      default -> throw new AssertionError("no words for " + value);
    };
  }

  private static String bounds(JsonNode whole) {
    if (whole.has("maximum")) {
      return ", %s to %s".formatted(whole.get("minimum"), whole.get("maximum"));
    }
    return whole.has("minimum") ? ", at least " + whole.get("minimum") : "";
  }

  private JsonNode definition(JsonNode value) {
    String reference = value.path("$ref").asText();
    return reference.startsWith(DEFINITION)
        ? schema.at("/$defs/" + reference.substring(DEFINITION.length()))
        : value;
  }

  /** As a table's cell holds it: placeholders and globs are no markup there. */
  private static String cell(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining(" ")).replace("|", "\\|");
  }
}
