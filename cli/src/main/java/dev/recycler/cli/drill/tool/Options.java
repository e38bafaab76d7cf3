package dev.recycler.cli.drill.tool;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A tool's flags: {@code --name value} or {@code --name=value}. */
record Options(Map<String, String> given) {
  static Options of(String[] arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      int equals = arguments[i].indexOf('=');
      if (equals > 0) {
        given.put(arguments[i].substring(2, equals), arguments[i].substring(equals + 1));
      } else {
        given.put(arguments[i].substring(2), arguments[++i]);
      }
    }
    return new Options(given);
  }

  String text(String name) {
    String value = given.get(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is missing");
    }
    return value;
  }

  Path path(String name) {
    return Path.of(text(name));
  }

  long number(String name) {
    return Long.parseLong(text(name));
  }

  boolean has(String name) {
    return given.containsKey(name);
  }

  /** Which run of which step this is for: {@code OPERATION/FINGERPRINT} of {@code --output}. */
  String run() {
    Path run = path("output").getParent().getParent();
    return run.getParent().getFileName() + "/" + run.getFileName();
  }
}
