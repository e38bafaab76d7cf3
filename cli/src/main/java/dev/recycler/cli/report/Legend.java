package dev.recycler.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the marks and words in a table's cells mean, those that occur. */
final class Legend {
  private Legend() {}

  static Optional<String> of(ScoreTable table) {
    List<Cell> cells = table.rows().stream().flatMap(row -> row.cells().stream()).toList();
    List<String> parts = new ArrayList<>();
    if (cells.stream().anyMatch(Cell::best)) {
      parts.add("▲ best of its release, beyond noise");
    }
    if (cells.stream().anyMatch(cell -> cell.sameAs() != null)) {
      parts.add("= same model as in a row above");
    }
    String states =
        Stream.of(Cell.State.NO_MODEL, Cell.State.BLOCKED)
            .filter(state -> cells.stream().anyMatch(cell -> cell.state() == state))
            .map(Legend::meaning)
            .collect(Collectors.joining("; "));
    if (!states.isEmpty()) {
      parts.add(states);
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", parts) + ".");
  }

  private static String meaning(Cell.State state) {
    return state == Cell.State.NO_MODEL
        ? "– the first release has nothing to recycle"
        : "blocked: waits for a step that failed or was cancelled";
  }
}
