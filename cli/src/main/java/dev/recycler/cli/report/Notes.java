package dev.recycler.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What a reader has to know to read the numbers rightly. */
final class Notes {
  private Notes() {}

  static List<String> of(List<ScoreTable> tables) {
    List<String> notes = new ArrayList<>();
    boolean errors = false;
    boolean alike = false;
    for (ScoreTable table : tables) {
      List<Cell> scored =
          table.rows().stream().flatMap(row -> row.cells().stream()).filter(Cell::scored).toList();
      if (scored.isEmpty()) {
        continue;
      }
      alike |=
          scored.stream()
              .anyMatch(cell -> cell.standardError() != null && cell.standardError() == 0);
      long zeros = scored.stream().filter(cell -> cell.value() == 0).count();
      if (zeros > 0) {
        notes.add(
            String.format(
                Locale.ROOT,
                "%s: %s exactly 0, as it also is where a tool answers nothing at all; its results"
                    + " files tell which.",
                table.evaluation(),
                zeros == 1 ? "one score is" : zeros + " scores are"));
      }
      errors |= scored.stream().map(Cell::standardError).anyMatch(Objects::nonNull);
      long fewest = scored.stream().mapToLong(Cell::examples).min().orElseThrow();
      long most = scored.stream().mapToLong(Cell::examples).max().orElseThrow();
      notes.add(
          String.format(
              Locale.ROOT,
              "%s: %s of task %s by %s, %s examples a score%s.",
              table.evaluation(),
              table.metric(),
              table.task(),
              table.harness(),
              fewest == most
                  ? String.format(Locale.ROOT, "%,d", most)
                  : String.format(Locale.ROOT, "%,d to %,d", fewest, most),
              table.scale().lowerIsBetter() ? "; lower is better" : ""));
    }
    if (errors) {
      notes.add(
          "± is one standard error as the harness gives it: it covers the choice of examples, not"
              + " the seeds of pretraining or fine-tuning.");
      notes.add(
          "Beyond noise means a difference of more than 1.96 standard errors, the two scores taken"
              + " as independent; it is not corrected for the number of comparisons.");
    }
    if (alike) {
      notes.add(
          "A standard error of 0 means that all examples came out alike, not that the score is"
              + " certain.");
    }
    if (!notes.isEmpty()) {
      notes.add(
          "Fine-tuning steps are cumulative: all that a model has been through, on its own release"
              + " and, by way of diff vectors, on earlier ones.");
    }
    return notes;
  }
}
