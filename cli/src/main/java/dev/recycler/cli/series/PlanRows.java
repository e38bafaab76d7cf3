package dev.recycler.cli.series;

import dev.recycler.activities.preview.StepPreview;
import dev.recycler.activities.preview.StepPreview.State;
import dev.recycler.workflows.progress.StepKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps of a plan as rows of a list: one each, or, where there are more than a person reads,
 * one for all those that do the same at different releases for the same reasons.
 */
final class PlanRows {
  /** More steps than this are folded. */
  private static final int MANY = 60;

  private PlanRows() {}

  /**
   * One row.
   *
   * @param name a step's id, or a pattern such as {@code *.direct.merge}
   * @param what why it is to be done, or where it is
   */
  record Row(State state, String name, String what) {}

  /** A row for each step. */
  static List<Row> all(List<StepPreview> steps) {
    return steps.stream().map(step -> new Row(step.state(), step.id(), what(step))).toList();
  }

  /** A row for each step of a small plan, and for like steps of a large one. */
  static List<Row> folded(List<StepPreview> steps) {
    if (steps.size() <= MANY) {
      return all(steps);
    }
    Map<String, String> patterns = new HashMap<>();
    steps.forEach(step -> patterns.put(step.id(), pattern(step.id())));
    Map<Row, List<StepPreview>> alike = new LinkedHashMap<>();
    for (StepPreview step : steps) {
      String what = step.state() == State.THERE ? "there" : what(step);
      Row row = new Row(step.state(), patterns.get(step.id()), general(what, patterns));
      alike.computeIfAbsent(row, _ -> new ArrayList<>()).add(step);
    }
    List<Row> rows = new ArrayList<>();
    alike.forEach(
        (row, ofRow) ->
            rows.add(
                ofRow.size() == 1
                    ? new Row(row.state(), ofRow.getFirst().id(), what(ofRow.getFirst()))
                    : new Row(row.state(), row.name(), span(ofRow) + ": " + row.what())));
    return rows;
  }

  private static String pattern(String id) {
    int dot = id.indexOf('.');
    return dot < 0 ? id : "*" + id.substring(dot);
  }

  /** The text with the ids of steps as patterns. */
  private static String general(String text, Map<String, String> patterns) {
    StringBuilder general = new StringBuilder();
    for (String word : text.split("(?<=[\\s,;])", -1)) {
      String id = word.replaceFirst("[\\s,;]+$", "");
      general.append(patterns.getOrDefault(id, id)).append(word.substring(id.length()));
    }
    return general.toString();
  }

  private static String span(List<StepPreview> steps) {
    return "%d, %s to %s"
        .formatted(steps.size(), release(steps.getFirst()), release(steps.getLast()));
  }

  private static String release(StepPreview step) {
    return step.id().replaceFirst("\\..*", "");
  }

  private static String what(StepPreview step) {
    if (step.state() != State.THERE) {
      return String.join("; ", reasons(step))
          + (step.begun() ? "; begun, goes on from its last checkpoint" : "");
    }
    return step.kind() == StepKind.FETCH
        ? step.path()
        : step.reasons().isEmpty() ? "in the store" : String.join("; ", step.reasons());
  }

  /** The last thing that has to come before says enough, and that it has to. */
  private static List<String> reasons(StepPreview step) {
    List<String> needs =
        step.reasons().stream().filter(reason -> reason.startsWith("needs ")).toList();
    return step.reasons().stream()
        .filter(reason -> !needs.contains(reason) || reason.equals(needs.getLast()))
        .map(reason -> reason.replace(", which is to be done", ""))
        .toList();
  }
}
