package dev.recycler.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** What the transfers show, in sentences: on which targets they help and where they hurt. */
final class TransferFindings {
  private static final int NAMES_LISTED = 6;

  private final List<TransferTable> tables;
  private final List<String> sentences = new ArrayList<>();

  TransferFindings(List<TransferTable> tables) {
    this.tables = tables;
  }

  List<String> sentences() {
    for (TransferTable table : tables) {
      count(table, "M_t", TransferTable.Entry::overBase);
      count(table, "FT(M_t)", TransferTable.Entry::overPlain);
      best(table);
      published(table);
    }
    return List.copyOf(sentences);
  }

  private void count(
      TransferTable table, String other, Function<TransferTable.Entry, Gain> gainOf) {
    List<String> above = new ArrayList<>();
    List<String> below = new ArrayList<>();
    int judged = 0;
    for (TransferTable.Row row : table.rows()) {
      for (int i = 0; i < row.entries().size(); i++) {
        Gain gain = gainOf.apply(row.entries().get(i));
        if (gain == null || gain.verdict() == Gain.Verdict.NOT_JUDGED) {
          continue;
        }
        judged++;
        String name = table.targets().get(i) + " " + row.label();
        if (gain.verdict() == Gain.Verdict.BETTER) {
          above.add(name);
        } else if (gain.verdict() == Gain.Verdict.WORSE) {
          below.add(name);
        }
      }
    }
    if (judged == 0) {
      return;
    }
    String sentence =
        "%s: of %d %s %s, %d %s %s %s beyond noise%s"
            .formatted(
                table.evaluation(),
                judged,
                judged == 1 ? "model" : "models",
                table.formula(),
                above.size(),
                above.size() == 1 ? "is" : "are",
                table.scale().lowerIsBetter() ? "better than" : "above",
                other,
                names(above));
    sentences.add(
        sentence
            + ", %d %s it%s."
                .formatted(
                    below.size(),
                    table.scale().lowerIsBetter() ? "worse than" : "below",
                    names(below)));
  }

  /** On the targets with more than one transfer, which of them scores best. */
  private void best(TransferTable table) {
    List<String> best = new ArrayList<>();
    for (int i = 0; i < table.targets().size(); i++) {
      int target = i;
      Comparator<TransferTable.Row> byScore =
          Comparator.comparing(row -> row.entries().get(target).cell().value());
      List<TransferTable.Row> scored =
          table.rows().stream()
              .filter(row -> row.entries().get(target).cell().comparable())
              .toList();
      if (scored.size() > 1) {
        TransferTable.Row leader =
            scored.stream()
                .max(table.scale().lowerIsBetter() ? byScore.reversed() : byScore)
                .orElseThrow();
        String score = table.scale().text(leader.entries().get(target).cell().value());
        best.add(table.targets().get(target) + " " + leader.label() + " (" + score + ")");
      }
    }
    if (!best.isEmpty() && best.size() <= NAMES_LISTED) {
      sentences.add(
          "%s: the best %s of each target by score alone: %s."
              .formatted(table.evaluation(), table.formula(), String.join(", ", best)));
    }
  }

  private void published(TransferTable table) {
    if (table.finetuned()) {
      return;
    }
    table.rows().stream()
        .filter(row -> row.published() != null && row.published().scored())
        .map(row -> row.source() + " " + score(table, row.published()))
        .distinct()
        .forEach(
            source -> sentences.add("%s: %s by itself.".formatted(table.evaluation(), source)));
  }

  private static String score(TransferTable table, Cell cell) {
    return "scores "
        + table.scale().text(cell.value())
        + (cell.standardError() == null ? "" : " ± " + table.scale().text(cell.standardError()));
  }

  private static String names(List<String> models) {
    return models.isEmpty() || models.size() > NAMES_LISTED
        ? ""
        : " (" + String.join(", ", models) + ")";
  }
}
