package dev.recycler.cli.series;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.report.Ledger;
import dev.recycler.cli.report.LivePage;
import dev.recycler.cli.report.Report;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** A series' report as it is whenever somebody looks; where nobody answers, as it was last. */
final class LiveReport {
  /** Several windows on one page must not ask the workflow more often. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Supplier<SeriesProgress> series;
  private final Terminal terminal;
  private SeriesProgress progress;
  private Report report;
  private Instant at;
  private String trouble;

  /**
   * Looks for the first time.
   *
   * @param terminal the reader's time zone
   * @throws CommandFailed where there is nothing to see
   */
  LiveReport(Supplier<SeriesProgress> series, Terminal terminal) {
    this.series = series;
    this.terminal = terminal;
    look();
  }

  /** The page, as fresh as can be. */
  synchronized String page() {
    if (Duration.between(at, Instant.now()).compareTo(FRESH) > 0) {
      try {
        look();
        trouble = null;
      } catch (CommandFailed e) {
        trouble = e.getMessage();
      }
    }
    return new LivePage(sentence(), !over()).render(report, terminal.zone());
  }

  synchronized String series() {
    return progress.spec().series();
  }

  /** Whether there will be nothing new. */
  synchronized boolean over() {
    return progress.state() == SeriesState.FINISHED || progress.state() == SeriesState.CANCELLED;
  }

  private void look() {
    progress = series.get();
    report = of(progress);
    at = Instant.now();
  }

  /** The report of a series with what its store has recorded. */
  static Report of(SeriesProgress progress) {
    return Report.of(
        progress, Ledger.of(Path.of(progress.spec().store()), progress.spec().series()));
  }

  private String sentence() {
    String time = "As of " + terminal.time(at);
    if (trouble != null) {
      return time + "; since then " + trouble;
    }
    return over()
        ? time + "; the series is over, so this page stays as it is."
        : time + "; the page renews itself every few seconds.";
  }
}
