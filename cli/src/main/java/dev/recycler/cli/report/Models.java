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
import java.util.stream.Stream;

/** The models of a series by release and kind, and the steps that make them. */
final class Models {
  private final SeriesProgress progress;
  private final StepIndex index;
  private final Map<String, Map<Strategy, ModelRow>> rows = new HashMap<>();

  Models(SeriesProgress progress, StepIndex index) {
    this.progress = progress;
    this.index = index;
    for (ModelRow row : progress.models()) {
      if (row.transfer() == null && row.line() == null) {
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

  /** The rows of transfers other than those of strategies, in the plan's order. */
  List<ModelRow> transfers() {
    return progress.models().stream().filter(row -> row.transfer() != null).toList();
  }

  /** The points of lines between releases, line by line. */
  List<ModelRow> lines() {
    return progress.models().stream().filter(row -> row.line() != null).toList();
  }

  /** The releases, and the other models that something is added to. */
  List<String> targets() {
    return Stream.concat(releases().stream(), transfers().stream().map(ModelRow::release))
        .distinct()
        .toList();
  }

  /** The row of a model that somebody else fine-tuned, where the series scores it. */
  Optional<ModelRow> published(String name) {
    return releases().contains(name) ? Optional.empty() : Optional.ofNullable(here(name).get(null));
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
    Map<Strategy, ModelRow> here = here(release);
    ModelRow row = here.get(kind.strategy());
    boolean transferred = kind.strategy() != null && kind.strategy().transfers();
    if (row != null && transferred && row.mergeStep() == null) {
      boolean plainStandsForIt = here.containsKey(Strategy.PLAIN);
      return kind.merged() || plainStandsForIt ? Optional.empty() : Optional.of(row);
    }
    return Optional.ofNullable(row);
  }

  /** The rows of a release; the base's and a published model's have no strategy. */
  private Map<Strategy, ModelRow> here(String release) {
    return rows.getOrDefault(release, new HashMap<>());
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
    return cumulativeSteps(row, kind.merged());
  }

  /**
   * The same for one of a row's models.
   *
   * @param merged whether it is the row's merged model, before the row's own fine-tuning if any
   */
  Long cumulativeSteps(ModelRow row, boolean merged) {
    List<String> chain = row.finetuneChain();
    int length = chain.size() - (merged && row.finetuneStep() != null ? 1 : 0);
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
    for (String release : targets()) {
      Map<String, Place> here = new LinkedHashMap<>();
      for (ModelKind kind : ModelKind.values()) {
        if (asked(kind)) {
          row(kind, release).ifPresent(row -> add(here, kind, row));
        }
      }
      transfers().stream()
          .filter(row -> row.release().equals(release))
          .forEach(row -> addTransfer(here, row));
      places.addAll(here.values());
    }
    return places;
  }

  private void add(Map<String, Place> here, ModelKind kind, ModelRow row) {
    add(here, kind, row, step(kind, row), label(kind, row.release()), cumulativeSteps(kind, row));
  }

  private void addTransfer(Map<String, Place> here, ModelRow row) {
    String label = row.release() + " " + TransferTable.label(row.transfer());
    add(here, null, row, row.mergeStep(), label, cumulativeSteps(row, true));
    if (row.finetuneStep() != null) {
      String trained = "FT(" + label + ")";
      add(here, null, row, row.finetuneStep(), trained, cumulativeSteps(row, false));
    }
  }

  private void add(
      Map<String, Place> here, ModelKind kind, ModelRow row, String id, String label, Long steps) {
    Optional<StepProgress> step = index.find(id);
    if (step.isEmpty()) {
      return;
    }
    Place known = here.get(id);
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
              steps,
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
