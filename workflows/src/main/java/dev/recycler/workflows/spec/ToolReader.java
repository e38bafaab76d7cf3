package dev.recycler.workflows.spec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what a user hands on to a tool: its flags and its environment. */
final class ToolReader {
  private static final Pattern HUB_TOKEN = Pattern.compile("hf_[A-Za-z0-9]{20,}");

  private ToolReader() {}

  /** Flags without dashes, each with one value as it is written. */
  static Map<String, String> arguments(Section section, Optional<Tool> tool) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (Map.Entry<String, Value> entry : entries(section, "arguments").entrySet()) {
      String flag = entry.getKey();
      Value value = entry.getValue();
      String reserved = tool.map(t -> t.reserved().get(flag.replace('-', '_'))).orElse(null);
      if (flag.startsWith("-")) {
        value.problem("write flags without dashes: \"%s\"".formatted(flag.replaceFirst("-+", "")));
      } else if (!flag.matches("[A-Za-z][A-Za-z0-9_.-]*")) {
        value.problem("\"%s\" is not a flag; use letters, digits, _ and -".formatted(flag));
      } else if (reserved != null) {
        value.problem(reserved);
      } else {
        text(value, "write true for a flag that takes no value")
            .ifPresent(text -> arguments.put(flag, text));
      }
    }
    return arguments;
  }

  /** Environment variables, none of them a secret: a series file's values are seen by many. */
  static Map<String, String> environment(Section section) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Map.Entry<String, Value> entry : entries(section, "environment").entrySet()) {
      String name = entry.getKey();
      Value value = entry.getValue();
      if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        value.problem("\"%s\" is not the name of an environment variable".formatted(name));
      } else if (isSecret(name)) {
        value.problem(
            ("secrets do not belong in a series file, whose values are stored and shown; set %s in"
                    + " the worker's environment")
                .formatted(name));
      } else {
        text(value, "give it a value or remove the line")
            .ifPresent(text -> environment.put(name, text));
      }
    }
    return environment;
  }

  private static Optional<String> text(Value value, String whenEmpty) {
    return value
        .text(whenEmpty)
        .filter(
            text -> {
              boolean token = HUB_TOKEN.matcher(text).find();
              if (token) {
                value.problem(
                    "looks like a Hugging Face token; remove it (and revoke it, if it was shared)"
                        + " and set HF_TOKEN in the worker's environment");
              }
              return !token;
            });
  }

  private static Map<String, Value> entries(Section section, String key) {
    return section.get(key).flatMap(Section::free).map(Section::entries).orElse(Map.of());
  }

  private static boolean isSecret(String name) {
    return Arrays.stream(name.toUpperCase(Locale.ROOT).split("_"))
        .anyMatch(word -> word.matches("KEY|APIKEY|.*(TOKEN|SECRET|PASSWORD|PASSWD)"));
  }
}
