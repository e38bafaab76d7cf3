package dev.recycler.cli.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A results file and what it says.
 *
 * @param what e.g. {@code gsm8k 84.5 ± 2.6}
 */
record Source(String what, String file) {

  /** The results files of each model that is scored in a table, by the model's folder. */
  static Map<String, List<Source>> byModelFolder(Report report) {
    Map<String, Set<Source>> sources = new HashMap<>();
    for (ScoreTable table : report.tables()) {
      for (ScoreTable.Row row : table.rows()) {
        for (Cell cell : row.cells()) {
          if (cell.scored() && cell.model() != null && cell.resultsFile() != null) {
            String what = table.evaluation() + " " + table.scale().text(cell.value());
            sources
                .computeIfAbsent(cell.model(), folder -> new LinkedHashSet<>())
                .add(new Source(what, cell.resultsFile()));
          }
        }
      }
    }
    for (TransferTable table : report.transfers()) {
      table
          .entries()
          .map(TransferTable.Entry::cell)
          .filter(cell -> cell.scored() && cell.model() != null && cell.resultsFile() != null)
          .forEach(
              cell ->
                  sources
                      .computeIfAbsent(cell.model(), folder -> new LinkedHashSet<>())
                      .add(
                          new Source(
                              table.evaluation() + " " + table.scale().text(cell.value()),
                              cell.resultsFile())));
    }
    Map<String, List<Source>> lists = new HashMap<>();
    sources.forEach((folder, all) -> lists.put(folder, new ArrayList<>(all)));
    return lists;
  }
}
