package dev.recycler.activities.evaluation;

import dev.recycler.activities.process.ProgressBar;

/** Where a harness is, from the lines of its log: the bar {@code Running … requests}. */
final class ScoringLog {
  private ProgressBar bar = new ProgressBar("", 0, 0, null);

  void accept(String line) {
    ProgressBar.parse(line)
        .filter(seen -> seen.name().startsWith("Running ") && seen.name().endsWith(" requests"))
        .ifPresent(seen -> bar = seen);
  }

  /** The last bar seen; its total is 0 before the first one. */
  ProgressBar bar() {
    return bar;
  }
}
