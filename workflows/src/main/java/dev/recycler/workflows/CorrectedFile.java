package dev.recycler.workflows;

import dev.recycler.workflows.plan.Correction;
import dev.recycler.workflows.spec.SeriesSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The corrected file that a series takes up once what runs and stays is finished. That may be days
 * hence, so it can be corrected again until then, and get releases.
 */
final class CorrectedFile {
  private final List<Correction> corrections = new ArrayList<>();

  /** Null where there is none. */
  private SeriesSpec file;

  boolean isPending() {
    return file != null;
  }

  /** What the series is about to carry out: the corrected file, or else what it runs as. */
  SeriesSpec orElse(SeriesSpec running) {
    return isPending() ? file : running;
  }

  /** Takes a file in the place of what was to be taken up before. */
  void replace(SeriesSpec running, SeriesSpec next) {
    file = next;
    corrections.add(Correction.of(running, next));
  }

  /** The same correction, of a file that has changed in what redoes nothing: a further release. */
  void amend(SeriesSpec next) {
    file = next;
  }

  /** Whether a step keeps its result. What one correction has ended is not kept by a later one. */
  boolean keeps(String step, List<String> needs) {
    return corrections.stream().allMatch(correction -> correction.keeps(step, needs));
  }
}
