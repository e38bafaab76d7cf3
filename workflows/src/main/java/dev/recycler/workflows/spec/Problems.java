package dev.recycler.workflows.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects what is wrong with one file, so that a user hears of all of it at once. */
final class Problems {
  private final String file;
  private final List<Problem> all = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(Optional<Mark> at, String key, String message) {
    int line = at.map(Mark::getLine).orElse(0) + 1;
    int column = at.map(Mark::getColumn).orElse(0) + 1;
    all.add(new Problem(file, line, column, key, message));
  }

  int count() {
    return all.size();
  }

  boolean none() {
    return all.isEmpty();
  }

  List<Problem> inOrder() {
    // A value that is read for two purposes is wrong once.
    return all.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }
}
