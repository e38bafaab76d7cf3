package dev.recycler.cli.status;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The steps of a series by their ids, and what each of those that wait is waiting for. */
public final class StepIndex {
  private final List<StepProgress> steps;
  private final Map<String, StepProgress> byId = new HashMap<>();
  private final Set<String> blocked = new HashSet<>();

  private StepIndex(SeriesProgress progress) {
    this.steps = progress.steps();
    for (StepProgress step : steps) {
      byId.put(step.id(), step);
      // The steps come in an order in which each stands after what it needs: one pass is enough.
      if (step.state() == StepState.WAITING && step.needs().stream().anyMatch(this::hopeless)) {
        blocked.add(step.id());
      }
    }
  }

  /** The steps of a series. */
  public static StepIndex of(SeriesProgress progress) {
    return new StepIndex(progress);
  }

  /** The step of this id, or nothing where there is none or the id is null. */
  public Optional<StepProgress> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** Whether a step waits for one that has failed or was cancelled, however far back. */
  public boolean blocked(StepProgress step) {
    return blocked.contains(step.id());
  }

  /** The steps in a state, in the plan's order. */
  public List<StepProgress> in(StepState state) {
    return steps.stream().filter(step -> step.state() == state).toList();
  }

  /** The steps that can start as soon as those that run now are done. */
  List<StepProgress> next() {
    return in(StepState.WAITING).stream()
        .filter(step -> !blocked(step))
        .filter(step -> step.needs().stream().noneMatch(this::waits))
        .toList();
  }

  /** What a waiting step needs and does not have yet. */
  List<String> missing(StepProgress step) {
    return step.needs().stream()
        .filter(id -> find(id).map(need -> need.state() != StepState.DONE).orElse(false))
        .toList();
  }

  private boolean waits(String id) {
    return find(id).map(step -> step.state() == StepState.WAITING).orElse(false);
  }

  private boolean hopeless(String id) {
    return blocked.contains(id)
        || find(id)
            .map(s -> s.state() == StepState.FAILED || s.state() == StepState.CANCELLED)
            .orElse(false);
  }
}
