package dev.recycler.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.cli.report.Golden;
import dev.recycler.cli.report.SyntheticSeries;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepState;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theJsonOfARunningSeriesStaysAsItIs() throws Exception {
    SeriesProgress progress = SyntheticSeries.five().progress(60);
    String json =
        Status.of(progress, StatusScreenTest.beats(progress), SyntheticSeries.at(60)).json();
    assertThat(json).doesNotContain("\n");
    Golden.check(
        "status/training.json",
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(json)) + "\n");
  }

  @Test
  void aRunningStepShowsItsCountLossAttemptAndStart() throws Exception {
    SeriesProgress progress = SyntheticSeries.five().progress(60);
    JsonNode json =
        JSON.readTree(
            Status.of(progress, StatusScreenTest.beats(progress), SyntheticSeries.at(60)).json());
    JsonNode training = null;
    for (JsonNode running : json.get("running")) {
      if (running.get("step").asText().endsWith("finetune")) {
        training = running;
      }
    }
    assertThat(training).isNotNull();
    assertThat(training.get("done").asLong()).isEqualTo(43);
    assertThat(training.get("total").asLong()).isEqualTo(100);
    assertThat(training.get("loss").asDouble()).isEqualTo(1.2345);
    assertThat(training.get("learningRate").asDouble()).isEqualTo(5e-6);
    assertThat(training.get("attempt").asInt()).isEqualTo(2);
    assertThat(training.get("started").asText()).isEqualTo("2026-11-21T10:00:48Z");
    assertThat(json.get("next")).isNotEmpty();
  }

  @Test
  void whatComesNextNeedsNothingThatStillWaits() {
    for (int second = 0; second < 230; second += 7) {
      SeriesProgress progress = SyntheticSeries.five().progress(second);
      StepIndex index = StepIndex.of(progress);
      assertThat(Status.of(progress, Map.of(), SyntheticSeries.at(second)).next())
          .allSatisfy(
              id ->
                  assertThat(index.find(id).orElseThrow().needs())
                      .allSatisfy(
                          need ->
                              assertThat(index.find(need).orElseThrow().state())
                                  .isIn(StepState.DONE, StepState.RUNNING)));
    }
  }

  @Test
  void nothingComesNextBehindAFailure() {
    SeriesProgress progress =
        SyntheticSeries.five().failing("M3.iterative.finetune", "no").progress(SyntheticSeries.END);
    Status status = Status.of(progress, Map.of(), SyntheticSeries.at(600));
    assertThat(status.state()).isEqualTo("failed");
    assertThat(status.next()).isEmpty();
    assertThat(status.command()).isEqualTo("recycler resume mini");
    assertThat(status.steps())
        .filteredOn(step -> step.state().equals("failed"))
        .singleElement()
        .satisfies(step -> assertThat(step.failureKind()).isEqualTo("tool"));
  }

  @Test
  void aPausedSeriesIsResumed() {
    SeriesProgress running = SyntheticSeries.five().progress(60);
    SeriesProgress paused =
        new SeriesProgress(
            running.spec(), running.state(), "paused", running.steps(), running.models());
    assertThat(Status.of(running, Map.of(), SyntheticSeries.at(60)).command())
        .isEqualTo("recycler logs mini M5.plain.finetune -f");
    assertThat(Status.of(paused, Map.of(), SyntheticSeries.at(60)).command())
        .isEqualTo("recycler resume mini");
  }

  @Test
  void theTimeLeftIsWhatIsLeftWhereEveryStepTakesItsUsualTime() {
    SyntheticSeries series = SyntheticSeries.five();
    int end =
        (int)
            series.progress(SyntheticSeries.END).steps().stream()
                .mapToLong(
                    step ->
                        step.finished().getEpochSecond() - SyntheticSeries.at(0).getEpochSecond())
                .max()
                .orElseThrow();
    // The plan's order is not the order in which workers take steps, so it is near, not exact.
    for (int second : new int[] {80, 120, 160, 200}) {
      Double left =
          Status.of(series.progress(second), Map.of(), SyntheticSeries.at(second)).secondsLeft();
      assertThat(left).isBetween(0.7 * (end - second), 1.3 * (end - second));
    }
  }

  @Test
  void theTimeLeftIsNotGuessedBeforeAStepOfEachKindWasDone() {
    assertThat(
            Status.of(SyntheticSeries.five().progress(5), Map.of(), SyntheticSeries.at(5))
                .secondsLeft())
        .isNull();
  }
}
