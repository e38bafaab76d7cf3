package dev.recycler.cli.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.cli.console.CommandFailed;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeriesFilterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  private static SeriesFilter typed(String state, String since, String prefix) {
    return SeriesFilter.typed(state, since, prefix, NOW, ZONE);
  }

  @Test
  void withoutFiltersAllSeriesAreAskedFor() {
    assertThat(typed(null, null, null)).isEqualTo(SeriesFilter.ALL);
    assertThat(SeriesFilter.ALL.query()).isEqualTo("WorkflowType = 'SeriesWorkflow'");
  }

  @Test
  void whatTheServerKnowsIsLeftToTheServer() {
    assertThat(typed("failed", "7d", "olmo2").query())
        .isEqualTo(
            "WorkflowType = 'SeriesWorkflow' AND ExecutionStatus = 'Running' AND (RecyclerState ="
                + " 'failed' OR RecyclerState IS NULL) AND StartTime > '2026-11-14T12:00:00Z' AND"
                + " WorkflowId STARTS_WITH 'series-olmo2'");
  }

  @ParameterizedTest
  @CsvSource({
    "90m, 2026-11-21T10:30:00Z",
    "12h, 2026-11-21T00:00:00Z",
    "2w, 2026-11-07T12:00:00Z",
    "2026-11-01, 2026-10-31T23:00:00Z"
  })
  void aTimeIsAnAgeOrADayOnTheReadersCalendar(String written, String moment) {
    assertThat(typed(null, written, null).since()).contains(Instant.parse(moment));
  }

  @ParameterizedTest
  @CsvSource({
    "faild, , , did you mean failed",
    ", yesterday, , 90m",
    ", , a' OR '1, begins the name of no series"
  })
  void whatCanNotBeIsRefusedWithWhatCould(String state, String since, String prefix, String words) {
    assertThatThrownBy(() -> typed(state, since, prefix))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining(words);
  }
}
