package dev.recycler.cli.report;

import dev.recycler.cli.status.StepIndex;
import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The models of a series by release and kind, and the steps that make them. */
final class Models {
  private final SeriesProgress progress;
  private final StepIndex index;
  private final Map<String, Map<Strategy, ModelRow>> rows = new HashMap<>();

  Models(SeriesProgress progress, StepIndex index) {
    this.progress = progress;
    this.index = index;
    for (ModelRow row : progress.models()) {
      if (row.transfer() == null) {
        rows.computeIfAbsent(row.release(), release -> new HashMap<>()).put(row.strategy(), row);
      }
    }
  }

  StepIndex index() {
    return index;
  }

  List<String> releases() {
    return progress.spec().releases().stream().map(Release::name).toList();
  }

  /** Whether the series asks for such models at all. */
  boolean asked(ModelKind kind) {
    return kind == ModelKind.BASE || progress.spec().strategies().contains(kind.strategy());
  }

  /**
   * What stands for a kind of model at a release; nothing where there is no such model: the first
   * release has nothing to recycle, and its {@code FT(M_1)} is the plain row's where there is one.
   */
  Optional<ModelRow> row(ModelKind kind, String release) {
    Map<Strategy, ModelRow> here = rows.getOrDefault(release, Map.of());
    ModelRow row = here.get(kind.strategy());
    boolean transferred = kind.strategy() != null && kind.strategy().transfers();
    if (row != null && transferred && row.mergeStep() == null) {
      boolean plainStandsForIt = here.containsKey(Strategy.PLAIN);
      return kind.merged() || plainStandsForIt ? Optional.empty() : Optional.of(row);
    }
    return Optional.ofNullable(row);
  }

  /** What a kind of model is called at a release, e.g. {@code FT(M5 + Δiter)}. */
  String label(ModelKind kind, String release) {
    boolean untransferred =
        kind.finetuned()
            && kind.strategy().transfers()
            && row(kind, release).map(row -> row.mergeStep() == null).orElse(false);
    return (untransferred ? ModelKind.PLAIN : kind).label(release);
  }

  /** Id of the step that makes a kind of model. */
  static String step(ModelKind kind, ModelRow row) {
    return kind == ModelKind.BASE
        ? row.fetchStep()
        : kind.finetuned() ? row.finetuneStep() : row.mergeStep();
  }

  /** All fine-tuning steps that a model has been through, or null while one is not done. */
  Long cumulativeSteps(ModelKind kind, ModelRow row) {
    List<String> chain = row.finetuneChain();
    int length = chain.size() - (kind.merged() ? 1 : 0);
    long steps = 0;
    for (String id : chain.subList(0, Math.max(0, length))) {
      Optional<StepProgress> step = index.find(id);
      if (step.isEmpty() || step.get().finetuned() == null) {
        return null;
      }
      steps += step.get().finetuned().steps();
    }
    return steps;
  }

  /** Every model once, release by release. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (String release : releases()) {
      Map<String, Place> here = new LinkedHashMap<>();
      for (ModelKind kind : ModelKind.values()) {
        if (asked(kind)) {
          row(kind, release).ifPresent(row -> add(here, kind, row));
        }
      }
      places.addAll(here.values());
    }
    return places;
  }

  private void add(Map<String, Place> here, ModelKind kind, ModelRow row) {
    String id = step(kind, row);
    Optional<StepProgress> step = index.find(id);
    if (step.isEmpty()) {
      return;
    }
    Place known = here.get(id);
    String label = label(kind, row.release());
    if (known == null) {
      here.put(
          id,
          new Place(
              kind,
              row.release(),
              label,
              List.of(),
              id,
              step.get().state(),
              step.get().path(),
              cumulativeSteps(kind, row),
              step.get().reused()));
    } else if (!known.label().equals(label)) {
      List<String> also = new ArrayList<>(known.alsoKnownAs());
      also.add(label);
      here.put(
          id,
          new Place(
              known.model(),
              known.release(),
              known.label(),
              also,
              id,
              known.state(),
              known.path(),
              known.cumulativeSteps(),
              known.reused()));
    }
  }
}
