package dev.recycler.cli.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the trainers and harnesses of a run tell of themselves. */
record Journals(List<Tool> tools) {
  /**
   * One tool process.
   *
   * @param kind {@code trainer} or {@code harness}
   * @param run {@code OPERATION/FINGERPRINT} of its step
   * @param output the folder that it writes
   * @param begun its first word
   * @param last its last word
   * @param from the step that it went on from; 0 for none, or where it did not get so far
   * @param reached the last step it did
   * @param started whether it began to train
   * @param done whether it came to its end
   * @param busy whether it found another in its output folder
   * @param told what the drill told it to do wrong
   * @param grandchildren processes it has forked
   */
  record Tool(
      String kind,
      long pid,
      String run,
      String output,
      Instant begun,
      Instant last,
      long from,
      long reached,
      boolean started,
      boolean done,
      boolean busy,
      List<String> told,
      List<Long> grandchildren) {}

  /** Reads what there is by now. */
  static Journals read(Path folder) throws IOException {
    List<Tool> tools = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("trainer-") || name.startsWith("harness-")) {
          read(file, name, tools);
        }
      }
    }
    tools.sort(Comparator.comparing(Tool::begun));
    return new Journals(List.copyOf(tools));
  }

  private static void read(Path file, String name, List<Tool> tools) throws IOException {
    int dash = name.indexOf('-');
    List<String[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ", -1);
      if (words.length > 1 && words[1].equals("begin") && !lines.isEmpty()) {
        tools.add(tool(name.substring(0, dash), Long.parseLong(name.substring(dash + 1)), lines));
        lines.clear();
      }
      lines.add(words);
    }
    if (!lines.isEmpty()) {
      tools.add(tool(name.substring(0, dash), Long.parseLong(name.substring(dash + 1)), lines));
    }
  }

  private static Tool tool(String kind, long pid, List<String[]> lines) {
    long from = 0;
    long reached = 0;
    boolean started = false;
    boolean done = false;
    boolean busy = false;
    List<String> told = new ArrayList<>();
    List<Long> grandchildren = new ArrayList<>();
    for (String[] words : lines) {
      switch (words[1]) {
        case "from" -> {
          started = true;
          from = Long.parseLong(words[2]);
          reached = from;
        }
        case "step" -> reached = Long.parseLong(words[2]);
        case "done" -> done = true;
        case "busy" -> busy = true;
        case "told" -> told.add(words[2]);
        case "grandchild" -> grandchildren.add(Long.parseLong(words[2]));
        default -> {}
      }
    }
    return new Tool(
        kind,
        pid,
        lines.getFirst()[2],
        lines.getFirst()[3],
        Instant.parse(lines.getFirst()[0]),
        Instant.parse(lines.getLast()[0]),
        from,
        reached,
        started,
        done,
        busy,
        List.copyOf(told),
        List.copyOf(grandchildren));
  }

  /** Steps that all trainers have done together, those done again counted again. */
  long steps() {
    return tools.stream()
        .filter(tool -> tool.kind().equals("trainer"))
        .mapToLong(tool -> tool.reached() - tool.from())
        .sum();
  }

  /** The processes of each run of a kind, oldest first. */
  Map<String, List<Tool>> byRun(String kind) {
    Map<String, List<Tool>> runs = new LinkedHashMap<>();
    for (Tool tool : tools) {
      if (tool.kind().equals(kind)) {
        runs.computeIfAbsent(tool.run(), _ -> new ArrayList<>()).add(tool);
      }
    }
    return runs;
  }
}
