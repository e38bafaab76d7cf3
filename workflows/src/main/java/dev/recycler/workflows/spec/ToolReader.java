package dev.recycler.workflows.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads what a user hands on to a tool: its flags and its environment. */
final class ToolReader {
  private static final Pattern HUB_TOKEN = Pattern.compile("hf_[A-Za-z0-9]{20,}");

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?([smhd])");
  private static final Map<String, Long> UNITS = Map.of("s", 1L, "m", 60L, "h", 3600L, "d", 86400L);

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

  /**
   * Environment variables, none of them a secret: a series file's values are seen by many. One
   * without a value, here the empty text, is handed on from the worker's environment as a secret.
   */
  static Map<String, String> environment(Section section) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Map.Entry<String, Value> entry : entries(section, "environment").entrySet()) {
      String name = entry.getKey();
      Value value = entry.getValue();
      if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        value.problem("\"%s\" is not the name of an environment variable".formatted(name));
      } else if (value.isEmpty()) {
        environment.put(name, "");
      } else if (isSecret(name)) {
        value.problem(
            ("secrets do not belong in a series file, whose values are stored and shown; set %s in"
                    + " the worker's environment, and write it here without a value")
                .formatted(name));
      } else {
        text(value, "give it a value").ifPresent(text -> environment.put(name, text));
      }
    }
    return environment;
  }

  /**
   * What a tool needs of a worker.
   *
   * @param gpus how many devices at once
   * @param label which workers may run it, or null for any
   */
  record Resources(int gpus, String label) {}

  static Resources resources(Section section) {
    Optional<Section> resources =
        section.get("resources").flatMap(value -> Section.of(value, Keys.RESOURCES));
    return new Resources(
        resources.flatMap(known -> known.get("gpus")).flatMap(ToolReader::gpus).orElse(1),
        resources.flatMap(known -> known.get("label")).flatMap(ToolReader::label).orElse(null));
  }

  private static Optional<Integer> gpus(Value value) {
    return value
        .number()
        .filter(
            number -> {
              boolean good = number >= 1 && number <= 4096 && number % 1 == 0;
              if (!good) {
                value.problem("must be a whole number of GPUs, at least 1");
              }
              return good;
            })
        .map(Double::intValue);
  }

  private static Optional<String> label(Value value) {
    return value
        .text()
        .filter(
            label -> {
              boolean good = label.matches(WorkerLabel.PATTERN);
              if (!good) {
                value.problem(WorkerLabel.problem(label));
              }
              return good;
            });
  }

  /** When a tool is ended though nobody asked. */
  static TimeLimits limits(Section section) {
    return section
        .get("limits")
        .flatMap(value -> Section.of(value, Keys.LIMITS))
        .map(
            limits ->
                new TimeLimits(
                    limits.get("no-progress-for").flatMap(ToolReader::seconds).orElse(null),
                    limits.get("in-all").flatMap(ToolReader::seconds).orElse(null),
                    limits.get("grace").flatMap(ToolReader::seconds).orElse(null)))
        .orElse(TimeLimits.NONE);
  }

  /** A whole number with a unit, from a second to a year. */
  static Optional<Long> seconds(Value value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher duration = DURATION.matcher(text.get());
    long seconds =
        duration.matches() ? Long.parseLong(duration.group(1)) * UNITS.get(duration.group(2)) : 0;
    if (seconds < 1 || seconds > UNITS.get("d") * 366) {
      value.problem(
          "\"%s\" is not a length of time; write one such as 90s, 30m, 12h or 3d"
              .formatted(text.get()));
      return Optional.empty();
    }
    return Optional.of(seconds);
  }

  /** Program and arguments: a list, or one text that is split at blanks. No shell reads them. */
  static List<String> words(Section section, String key) {
    Optional<Value> value = section.get(key);
    if (value.isEmpty()) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    for (Value element : value.get().listOrOne("names no program; give one, or remove it")) {
      Optional<String> text = text(element, "give it a value or remove it");
      boolean one = element.key().equals(value.get().key());
      text.ifPresent(t -> words.addAll(one ? List.of(t.strip().split("\\s+")) : List.of(t)));
    }
    return words;
  }

  /** The program of a tool that is the user's own. */
  static List<String> command(Section section, Optional<String> tool) {
    if (isOwn(tool)) {
      section.require("command", "give program and arguments as a list");
    }
    return ofOwn(section, "command", tool).isPresent() ? words(section, "command") : List.of();
  }

  /** What a series file says about a trainer of the user's own; null for the others. */
  static CustomTrainer customTrainer(Section section, Optional<String> trainer) {
    List<String> command = command(section, trainer);
    Optional<String> progress = ofOwn(section, "progress", trainer).flatMap(ToolReader::progress);
    Optional<String> checkpoints =
        ofOwn(section, "checkpoints", trainer).flatMap(ToolReader::checkpoints);
    Optional<String> complete = ofOwn(section, "complete", trainer).flatMap(Value::text);
    return command.isEmpty()
        ? null
        : new CustomTrainer(
            command, progress.orElse(null), checkpoints.orElse(null), complete.orElse(null));
  }

  private static boolean isOwn(Optional<String> tool) {
    return tool.equals(Optional.of("command"));
  }

  /** A key that only a tool of the user's own has. */
  private static Optional<Value> ofOwn(Section section, String key, Optional<String> tool) {
    Optional<Value> value = section.get(key);
    if (value.isPresent() && tool.isPresent() && !isOwn(tool)) {
      value
          .get()
          .problem("is for the tool \"command\" alone, not for " + tool.get() + "; remove it");
      return Optional.empty();
    }
    return value;
  }

  private static Optional<String> progress(Value value) {
    Optional<String> text = value.text();
    try {
      text.map(Pattern::compile)
          .filter(pattern -> !pattern.namedGroups().containsKey("step"))
          .ifPresent(
              pattern -> value.problem("has no group for the step; write one as (?<step>[0-9]+)"));
    } catch (PatternSyntaxException e) {
      value.problem("is not a regular expression: " + e.getDescription());
    }
    return text;
  }

  private static Optional<String> checkpoints(Value value) {
    Optional<String> text = value.text();
    text.filter(name -> !name.contains("{step}") || name.contains("/"))
        .ifPresent(_ -> value.problem("must be the name of a folder with {step} in it"));
    return text;
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
