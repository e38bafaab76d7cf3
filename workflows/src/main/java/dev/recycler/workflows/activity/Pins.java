package dev.recycler.workflows.activity;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a series was started with and must not change under it.
 *
 * @param contents SHA-256 (hex) of the content of each data file or folder, by absolute path
 * @param tools version of each tool, by the key {@code <trainer or harness>@<python or "">}, e.g.
 *     {@code trl@ → "trl 1.16.0, transformers 5.23.0, torch 2.15.0"}
 */
public record Pins(Map<String, String> contents, Map<String, String> tools) {
  public Pins {
    contents = Collections.unmodifiableMap(new TreeMap<>(contents));
    tools = Collections.unmodifiableMap(new TreeMap<>(tools));
  }

  /** The key of a tool in {@link #tools}. */
  public static String tool(String name, String python) {
    return name + "@" + (python == null ? "" : python);
  }
}
