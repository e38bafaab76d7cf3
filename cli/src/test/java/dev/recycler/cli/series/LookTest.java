package dev.recycler.cli.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.report.SyntheticSeries;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LookTest {
  @Test
  void commandsInItsMessageLeadToTheSameServer() {
    assertThat(look("M1.gate waits: `recycler approve s M1.gate` goes on, `recycler skip` not"))
        .isEqualTo(
            "M1.gate waits: `recycler approve s M1.gate --home \"/a $b\"` goes on, `recycler skip"
                + " --home \"/a $b\"` not");
    assertThat(look(null)).isNull();
  }

  private static String look(String message) {
    SeriesProgress progress = SyntheticSeries.two().progress(SyntheticSeries.END);
    SeriesProgress told =
        new SeriesProgress(
            progress.spec(), SeriesState.RUNNING, message, progress.steps(), progress.models());
    return new Look(told, Map.of()).asTyped(" --home \"/a $b\"").progress().message();
  }
}
