package dev.recycler.cli.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What happened in a run, and when: what the drill did, and what the processes tell of it. */
final class TimeLine {
  private final List<String> events = new ArrayList<>();

  synchronized void add(String what) {
    events.add(Instant.now() + " drill " + what);
  }

  /** All of it in order, the processes' own accounts among it. */
  synchronized List<String> lines(Path journal) throws IOException {
    List<String> all = new ArrayList<>(events);
    try (Stream<Path> files = Files.list(journal)) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          int blank = line.indexOf(' ');
          if (blank > 0) {
            all.add(line.substring(0, blank) + " " + file.getFileName() + line.substring(blank));
          }
        }
      }
    }
    all.sort(Comparator.comparing(TimeLine::time));
    return all;
  }

  private static Instant time(String line) {
    return Instant.parse(line.substring(0, line.indexOf(' ')));
  }
}
