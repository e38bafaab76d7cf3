package dev.recycler.activities.policy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Models may not bring Python code of their own, which {@code trust_remote_code} has their readers
 * run.
 */
final class ModelCodeRule {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long LARGEST_CONFIG = 64L << 20;

  /** In a configuration: which class of which module of the model's own to load. */
  private static final String AUTO_MAP = "auto_map";

  private static final String FLAG = "trust_remote_code";

  private final boolean allowed;

  ModelCodeRule(boolean allowed) {
    this.allowed = allowed;
  }

  /** A model's folder, where there is one. */
  void require(String key, Path folder) throws IOException {
    if (allowed || !Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.sorted().toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      if (name.endsWith(".py")) {
        throw refused(key, "the model brings code of its own, " + file);
      }
      if (name.endsWith("config.json") && Files.size(file) <= LARGEST_CONFIG && hasAutoMap(file)) {
        throw refused(
            key, "the model asks in " + file + " (auto_map) for code of its own to be run");
      }
    }
  }

  /** The user's flags of a tool. */
  void requireArguments(String key, Map<String, String> arguments) {
    if (allowed) {
      return;
    }
    arguments.forEach(
        (flag, value) -> {
          boolean itself = flag.replace('-', '_').equals(FLAG) && !value.equalsIgnoreCase("false");
          boolean inside =
              value.toLowerCase(Locale.ROOT).matches("(?s).*" + FLAG + "\\W{0,4}(true|1|yes).*");
          if (itself || inside) {
            throw refused(key + ".arguments", FLAG + " is asked for");
          }
        });
  }

  private static boolean hasAutoMap(Path file) throws IOException {
    try (JsonParser parser = JSON.createParser(file.toFile())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME && parser.currentName().equals(AUTO_MAP)) {
          return true;
        }
      }
      return false;
    } catch (JsonProcessingException e) {
      // Whoever reads the model says what is wrong with the file.
      return false;
    }
  }

  private static RuntimeException refused(String key, String what) {
    return StepPolicy.refused(
        ("%s: %s, and this worker runs no code of models; use one without, or have the"
                + " worker's owner set allow.custom-code (RECYCLER_ALLOW_CUSTOM_CODE=true) once the"
                + " code has been read")
            .formatted(key, what));
  }
}
