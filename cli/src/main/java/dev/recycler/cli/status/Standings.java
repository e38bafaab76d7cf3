package dev.recycler.cli.status;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.Standing;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.util.Optional;

/** What series are about, by what they say of themselves. */
public final class Standings {
  private Standings() {}

  /** The word for a series. */
  public static Standing of(SeriesProgress progress) {
    // What a series says of itself begins so where a person has paused it.
    boolean paused = progress.message() != null && progress.message().startsWith("paused");
    return Standing.of(progress.state(), paused, gate(progress).isPresent());
  }

  /** The gate that waits for a person, where the series says that one does. */
  static Optional<String> gate(SeriesProgress progress) {
    return progress.steps().stream()
        .filter(step -> step.kind() == StepKind.DECIDE && step.state() == StepState.RUNNING)
        .map(StepProgress::id)
        .findFirst()
        .filter(id -> progress.message() != null && progress.message().contains(id));
  }
}
