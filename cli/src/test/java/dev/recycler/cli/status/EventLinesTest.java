package dev.recycler.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.report.SyntheticSeries;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.progress.SeriesProgress;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLinesTest {
  private static final Terminal PLAIN = Terminal.plain(true, ZoneOffset.UTC);

  @Test
  void aStepThatIsDoneSaysHowLongItTookAndWhatItScored() {
    SyntheticSeries series = SyntheticSeries.five().reusing("M2.plain.finetune");
    assertThat(EventLines.between(series.progress(0), series.progress(SyntheticSeries.END), PLAIN))
        .contains(
            "M3.direct.merge done in 1.0 s",
            "M5.iterative.finetuned.evaluate.sums done in 9.0 s: 84.5 ± 2.6 %",
            "M2.plain.finetune found in the store")
        .endsWith("series mini is finished");
  }

  @Test
  void theFirstLookTellsWhatRunsAndWhatFailedButNotWhatWasDoneBefore() {
    SyntheticSeries series = SyntheticSeries.five().failing("M2.base.evaluate.sums", "no task");
    assertThat(EventLines.between(null, series.progress(60), PLAIN))
        .contains("M2.base.evaluate.sums failed: no task")
        .anyMatch(line -> line.endsWith(" started"))
        .noneMatch(line -> line.contains(" done in "));
  }

  @Test
  void nothingChangedIsNothingSaid() {
    SeriesProgress progress = SyntheticSeries.five().progress(60);
    assertThat(EventLines.between(progress, progress, PLAIN)).isEmpty();
  }

  @Test
  void aSeriesThatFailsSaysWhatItWaitsFor() {
    SyntheticSeries series = SyntheticSeries.five().failing("M3.iterative.finetune", "no");
    List<String> lines =
        EventLines.between(series.progress(60), series.progress(SyntheticSeries.END), PLAIN);
    assertThat(lines.getLast()).isEqualTo("series mini has failed and waits for `resume`");
  }
}
