package dev.recycler.workflows.plan;

import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of a running series' steps when its file is corrected. A step that is defined as
 * before, and needs none that is not, keeps its result; the others are looked for in the store
 * again, where those that come to the same are found.
 */
public final class Correction {
  private final SeriesSpec before;
  private final SeriesSpec after;
  private final Set<String> kept = new LinkedHashSet<>();
  private final Set<String> planned;
  private final List<String> evaluations;

  private Correction(SeriesSpec before, SeriesSpec after) {
    this.before = before;
    this.after = after;
    List<PlannedStep> steps = Plan.of(before).steps();
    this.planned =
        steps.stream().map(PlannedStep::id).collect(Collectors.toCollection(LinkedHashSet::new));
    this.evaluations =
        before.evaluate().stream()
            .filter(evaluation -> after.evaluate().contains(evaluation))
            .map(evaluation -> evaluation.name())
            .toList();
    Map<String, PlannedStep> known = new LinkedHashMap<>();
    steps.forEach(step -> known.put(step.id(), step));
    for (PlannedStep step : Plan.of(after).steps()) {
      if (step.equals(known.get(step.id())) && isSame(step.kind()) && needsOnlyKept(step)) {
        kept.add(step.id());
      }
    }
  }

  /**
   * A corrected file with the releases that the series has found: those that the file's watch finds
   * too, each after the release that it came after.
   *
   * @param running the series as it runs
   */
  public static SeriesSpec withFound(SeriesSpec running, SeriesSpec file) {
    if (file.watch() == null) {
      return file;
    }
    List<Release> releases = new ArrayList<>(file.releases());
    Release before = null;
    for (Release release : running.releases()) {
      if (!has(releases, release) && file.watch().finds(release)) {
        int after = releases.indexOf(before);
        releases.add(after < 0 ? releases.size() : after + 1, release);
      }
      before = release;
    }
    return file.withReleases(releases);
  }

  private static boolean has(List<Release> releases, Release release) {
    return releases.stream()
        .anyMatch(
            known -> known.name().equals(release.name()) || known.model().equals(release.model()));
  }

  /** The correction that leads from one file to another. */
  public static Correction of(SeriesSpec before, SeriesSpec after) {
    return new Correction(before, after);
  }

  /**
   * Whether a step keeps its result.
   *
   * @param needs the steps that it needs; the scores of checkpoints are known by them alone
   */
  public boolean keeps(String step, List<String> needs) {
    if (planned.contains(step)) {
      return kept.contains(step);
    }
    return needs.stream().allMatch(this::isKept)
        && evaluations.stream().anyMatch(name -> step.endsWith(".evaluate." + name));
  }

  /** Data and tools are pinned anew where they are others; that alone redoes nothing. */
  private boolean needsOnlyKept(PlannedStep step) {
    return step.needs().stream().allMatch(this::isKept);
  }

  private boolean isKept(String need) {
    return need.equals(PlannedStep.Prepare.ID) || kept.contains(need);
  }

  private boolean isSame(StepKind kind) {
    return switch (kind) {
      case PREPARE ->
          Objects.equals(before.finetune(), after.finetune())
              && before.evaluate().equals(after.evaluate())
              && Objects.equals(before.keep(), after.keep());
      case FETCH, EVALUATE -> true;
      case MERGE -> before.merge().equals(after.merge());
      case FINETUNE ->
          Objects.equals(before.finetune(), after.finetune())
              && Plan.of(before).stops().equals(Plan.of(after).stops());
      case PUBLISH -> Objects.equals(before.publish(), after.publish());
      case DECIDE ->
          before.gatesOfMerged().equals(after.gatesOfMerged())
              && Objects.equals(before.choice(), after.choice());
    };
  }
}
