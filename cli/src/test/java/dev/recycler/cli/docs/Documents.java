package dev.recycler.cli.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The Markdown files of the checkout. */
final class Documents {
  static final Path CHECKOUT = Path.of(System.getProperty("recycler.checkout"));

  private Documents() {}

  /** Those that people read: at the top, in docs and in deploy. */
  static List<Path> all() throws IOException {
    var found = new ArrayList<Path>();
    try (Stream<Path> top = Files.list(CHECKOUT)) {
      top.filter(Documents::isMarkdown).forEach(found::add);
    }
    for (String folder : List.of("docs", "deploy")) {
      try (Stream<Path> files = Files.walk(CHECKOUT.resolve(folder))) {
        files.filter(Documents::isMarkdown).forEach(found::add);
      }
    }
    return found;
  }

  private static boolean isMarkdown(Path file) {
    return file.toString().endsWith(".md");
  }

  /** Where a line of a document stands, for messages. */
  record Line(Path document, int number, String text) {
    @Override
    public String toString() {
      return "%s:%d: %s".formatted(CHECKOUT.relativize(document), number, text);
    }
  }

  /** The lines within blocks of shell commands, with continued lines joined. */
  static List<Line> shellLines(Path document) throws IOException {
    var found = new ArrayList<Line>();
    boolean inShell = false;
    String begun = "";
    int number = 0;
    for (String line : Files.readAllLines(document)) {
      number++;
      if (line.strip().startsWith("```")) {
        inShell = !inShell && line.strip().matches("```(sh|bash|shell|console)");
      } else if (inShell && line.endsWith("\\")) {
        begun += line.substring(0, line.length() - 1) + " ";
      } else if (inShell) {
        found.add(new Line(document, number, (begun + line).strip()));
        begun = "";
      }
    }
    return found;
  }
}
