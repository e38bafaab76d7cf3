package dev.recycler.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.report.FailureSeries;
import dev.recycler.cli.report.Golden;
import dev.recycler.cli.report.SyntheticSeries;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepKind;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Strategy;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusScreenTest {
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  private static final Terminal UNICODE = Terminal.plain(true, ZONE);
  private static final String FAILURE =
      "trl ended with exit code 1: CUDA out of memory; the log is"
          + " /data/recycler/logs/a-folder-with-a-very-long-name-that-does-not-fit-a-line/mini/"
          + "M3.iterative.finetune/attempt-2.log";

  @Test
  void aSeriesThatTrainsLooksLikeThis() {
    check("training", SyntheticSeries.five(), 60);
  }

  @Test
  void aSeriesWhoseStepsWaitForAWorkerSaysSo() {
    SeriesProgress progress = SyntheticSeries.five().progress(60);
    String screen = StatusScreen.render(progress, Map.of(), SyntheticSeries.at(60), UNICODE);
    assertThat(screen).contains("waits for a worker").doesNotContain("is one running?");
    assertThat(StatusScreen.render(progress, Map.of(), SyntheticSeries.at(600), UNICODE))
        .contains("waits for a worker: is one running? (recycler worker)");
    Map<String, Heartbeat> beats = beats(progress);
    assertThat(beats).hasSizeGreaterThan(1);
    String waiting = beats.keySet().iterator().next();
    beats.remove(waiting);
    assertThat(StatusScreen.render(progress, beats, SyntheticSeries.at(600), UNICODE))
        .contains(waiting + "  waits for a worker that is free")
        .doesNotContain("is one running?");
  }

  @Test
  void aFinishedSeriesLooksLikeThis() {
    check("finished", SyntheticSeries.five(), SyntheticSeries.END);
  }

  @Test
  void aFailedSeriesSaysWhatFailedAndWhatToType() {
    check(
        "failed",
        SyntheticSeries.five().failing("M3.iterative.finetune", FAILURE),
        SyntheticSeries.END);
  }

  @Test
  void aSeriesThatRunsOnBesideAFailureOffersToResume() {
    SeriesProgress progress =
        SyntheticSeries.five().failing("M1.base.evaluate.sums", "no such task").progress(60);
    assertThat(render(progress, 60))
        .contains("1 failed")
        .contains("no such task")
        .contains("recycler resume mini");
  }

  @Test
  void aSeriesWithEveryKindOfFailureLooksLikeThis() {
    Golden.check("status/failures.txt", render(FailureSeries.everyKind(), 600));
  }

  @Test
  void aCancelledSeriesLooksLikeThis() {
    Golden.check("status/cancelled.txt", render(SyntheticSeries.five().cancelled(100), 100));
  }

  @Test
  void aHundredReleasesFitOneScreen() {
    check("hundred", SyntheticSeries.many(100), 3000);
    assertThat(render(SyntheticSeries.many(100).progress(3000), 3000).lines().count())
        .isLessThan(40);
  }

  @Test
  void asciiAloneWillDo() {
    SeriesProgress progress = SyntheticSeries.five().progress(60);
    String screen =
        StatusScreen.render(
            progress, beats(progress), SyntheticSeries.at(60), Terminal.plain(false, ZONE));
    assertThat(screen.chars()).allMatch(c -> c < 128);
    Golden.check("status/training-ascii.txt", screen);
  }

  @Test
  void noLineIsWiderThanTheTerminal() {
    for (SyntheticSeries series :
        List.of(
            SyntheticSeries.five().failing("M3.iterative.finetune", FAILURE),
            SyntheticSeries.many(100),
            SyntheticSeries.only(Strategy.DIRECT))) {
      for (int second : new int[] {0, 3, 20, 60, 150, SyntheticSeries.END}) {
        SeriesProgress progress = series.progress(second);
        for (int width = 40; width <= 130; width += 10) {
          for (boolean unicode : new boolean[] {true, false}) {
            Terminal terminal = new Terminal(width, 0, false, unicode, false, ZONE);
            int columns = width;
            assertThat(
                    StatusScreen.render(
                            progress, beats(progress), SyntheticSeries.at(150), terminal)
                        .lines())
                .allMatch(line -> Width.of(line) <= columns, "at most " + width + " columns");
          }
        }
      }
    }
  }

  @Test
  void coloursChangeNothingButColours() {
    SeriesProgress progress = SyntheticSeries.five().progress(60);
    Terminal colourful = new Terminal(80, 0, true, true, false, ZONE);
    String screen =
        StatusScreen.render(progress, beats(progress), SyntheticSeries.at(60), colourful);
    assertThat(screen).contains("\u001b[36m");
    assertThat(screen.replaceAll("\u001b\\[[0-9]+m", "").lines().map(String::stripTrailing))
        .containsExactlyElementsOf(render(progress, 60).lines().toList());
  }

  @Test
  void whatAToolWroteCanNotReachTheTerminalsControls() {
    SeriesProgress progress =
        SyntheticSeries.five()
            .failing("M1.fetch", "bad\u001b[2Jthing\rhidden\u0007\u009b31m")
            .progress(SyntheticSeries.END);
    assertThat(render(progress, 600).chars().filter(Character::isISOControl))
        .allMatch(c -> c == '\n');
    SeriesProgress running = SyntheticSeries.five().progress(60);
    Map<String, Heartbeat> beats = new HashMap<>();
    beats(running)
        .forEach(
            (id, beat) ->
                beats.put(
                    id,
                    new Heartbeat(
                        id,
                        "a\u001b[1m",
                        1,
                        2,
                        "b\u001b[2m",
                        null,
                        null,
                        null,
                        null,
                        1,
                        "c\u001b[3m",
                        null,
                        null)));
    assertThat(
            StatusScreen.render(running, beats, SyntheticSeries.at(60), UNICODE)
                .chars()
                .filter(Character::isISOControl))
        .allMatch(c -> c == '\n');
  }

  private static void check(String name, SyntheticSeries series, int second) {
    SeriesProgress progress = series.progress(second);
    Golden.check("status/" + name + ".txt", render(progress, Math.min(second, 600)));
  }

  private static String render(SeriesProgress progress, int second) {
    return StatusScreen.render(progress, beats(progress), SyntheticSeries.at(second), UNICODE);
  }

  static Map<String, Heartbeat> beats(SeriesProgress progress) {
    Map<String, Heartbeat> beats = new HashMap<>();
    for (StepProgress step : progress.steps()) {
      if (step.state() == StepState.RUNNING) {
        beats.put(step.id(), beat(step));
      }
    }
    return beats;
  }

  private static Heartbeat beat(StepProgress step) {
    boolean training = step.kind() == StepKind.FINETUNE;
    boolean merging = step.kind() == StepKind.MERGE;
    return new Heartbeat(
        step.id(),
        training ? "training" : merging ? "merging" : "scoring",
        merging ? 3L << 30 : training ? 43 : 0,
        merging ? 14L << 30 : training ? 100 : 0,
        merging ? "bytes" : training ? "optimizer steps" : "requests",
        training ? (Double) 1.2345 : null,
        training ? (Double) 5e-6 : null,
        merging ? (Double) 3.2e8 : training ? (Double) 7.25 : null,
        training ? (Double) 7.9 : null,
        training ? 2 : 1,
        "gpu-node-17",
        "/data/recycler/logs/" + step.id() + ".log",
        "2026-11-21T10:00:48Z");
  }
}
