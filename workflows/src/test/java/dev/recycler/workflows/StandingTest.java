package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.progress.ModelRow;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.ConnectivitySpec;
import dev.recycler.workflows.spec.PublishSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a series does beside its strategies: lines between releases, publications. */
@Timeout(120)
class StandingTest {
  private static final SeriesSpec THREE =
      series(3, List.of(ITERATIVE, PLAIN), evaluation("gsm8k", Subject.FINETUNED));

  @Test
  void theLineIsScoredBeforeTheTrainingThatCrossesIt() throws Exception {
    StubSteps steps = new StubSteps();
    SeriesSpec spec = THREE.connecting(new ConnectivitySpec(List.of(0.5), List.of("gsm8k")));
    String middle = "M2.line-from-M1.x0.5";
    StubSteps.Gate gate = steps.hold(middle + ".merged.evaluate.gsm8k");
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      gate.awaitReached();
      SeriesProgress waiting =
          series.until(p -> step(p, "M2.plain.finetune").state() == StepState.DONE);
      series.until(p -> step(p, "M2.iterative.merge").state() == StepState.DONE);
      assertThat(step(waiting, "M2.iterative.finetune").state()).isEqualTo(StepState.WAITING);
      gate.open().countDown();
      SeriesProgress result = series.result();
      assertThat(steps.scales).containsEntry(middle + ".merge", 0.5);
      assertThat(step(result, middle + ".merge").needs())
          .containsExactlyInAnyOrder("M1.fetch", "M2.fetch");
      assertThat(
              result.models().stream()
                  .filter(row -> row.line() != null)
                  .filter(row -> row.release().equals("M2")))
          .extracting(
              row -> row.line().at(),
              row -> row.scores().stream().map(ModelRow.ScoreStep::step).toList())
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(0.0, List.of("M1.base.evaluate.gsm8k")),
              org.assertj.core.groups.Tuple.tuple(0.5, List.of(middle + ".merged.evaluate.gsm8k")),
              org.assertj.core.groups.Tuple.tuple(1.0, List.of("M2.base.evaluate.gsm8k")));
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void modelsArePublishedOnceTheyAreScored() throws Exception {
    StubSteps steps = new StubSteps();
    SeriesSpec spec =
        THREE.publishing(
            new PublishSpec(
                "hf://org/toy-{release}", List.of(ITERATIVE), null, null, List.of(), false));
    StubSteps.Gate gate = steps.hold("M1.plain.finetuned.evaluate.gsm8k");
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      gate.awaitReached();
      assertThat(step(series.workflow().progress(), "M1.iterative.publish").state())
          .isEqualTo(StepState.WAITING);
      gate.open().countDown();
      SeriesProgress result = series.result();
      assertThat(step(result, "M3.iterative.publish").path()).isEqualTo("hf://org/toy-M3");
      assertThat(steps.count(".publish")).isEqualTo(3);
    }
  }
}
