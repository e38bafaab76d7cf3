package dev.recycler.workflows.spec;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reads what is scored along the lines between releases. */
final class ConnectivityReader {
  private static final int MOST_POINTS = 99;

  private final List<String> evaluations;
  private final int releases;

  /**
   * @param evaluations the file's scores
   * @param releases how many releases the file has
   */
  ConnectivityReader(List<EvaluationSpec> evaluations, int releases) {
    this.evaluations = evaluations.stream().map(EvaluationSpec::name).toList();
    this.releases = releases;
  }

  /** Null where it is not whole. */
  ConnectivitySpec read(Value value) {
    Section section = Section.of(value, Keys.CONNECTIVITY).orElse(null);
    if (section == null) {
      return null;
    }
    if (releases < 2) {
      value.problem("needs two releases to draw a line between; remove it, or add a release");
    }
    List<String> by =
        section
            .require("by", "name the scores that are taken along the lines")
            .map(
                list ->
                    list.listOrOne("lists no score; name one of evaluate").stream()
                        .flatMap(each -> each.oneOf("a score of this file", evaluations).stream())
                        .distinct()
                        .toList())
            .orElse(List.of());
    int points = section.get("points").flatMap(ConnectivityReader::points).orElse(3);
    return new ConnectivitySpec(
        IntStream.rangeClosed(1, points).mapToObj(i -> (double) i / (points + 1)).toList(), by);
  }

  private static Optional<Integer> points(Value value) {
    return value
        .number()
        .filter(
            number -> {
              boolean good = number >= 1 && number <= MOST_POINTS && number % 1 == 0;
              if (!good) {
                value.problem("must be a whole number of points between two releases, 1 to 99");
              }
              return good;
            })
        .map(Double::intValue);
  }
}
