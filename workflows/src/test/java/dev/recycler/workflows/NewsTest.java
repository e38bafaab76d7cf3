package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Notices;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.GateSpec;
import dev.recycler.workflows.spec.NotifySpec;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What webhooks are told, and that they hurt nothing. */
class NewsTest {
  private static final NotifySpec ALL =
      new NotifySpec(null, "HOOK", NotifySpec.Format.JSON, List.of(NotifySpec.News.values()));
  private static final NotifySpec FAILURES =
      new NotifySpec(null, "PAGER", NotifySpec.Format.SLACK, List.of(NotifySpec.News.FAILED));
  private static final SeriesSpec TWO =
      series(
              2,
              List.of(Strategy.ITERATIVE),
              evaluation("gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED))
          .notifying(ALL, FAILURES);

  @Test
  void aFailureIsToldOnceAndAgainWhenItComesAgainAndTheEndToThoseWhoAskedForIt() {
    StubSteps steps = new StubSteps();
    steps.fail("M1.iterative.finetune", FailureKind.USER, "no flag --lr");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED && steps.told.size() == 2);
      steps.fail("M1.iterative.finetune", FailureKind.USER, "no flag --rate");
      series.workflow().resume();
      series.until(p -> p.state() == SeriesState.FAILED && steps.told.size() == 4);
      steps.heal("M1.iterative.finetune");
      series.workflow().resume();
      series.result();
    }
    assertThat(steps.told)
        .extracting(told -> told.to().webhookFrom(), told -> told.notice().event())
        .containsExactlyInAnyOrder(
            tuple("HOOK", NotifySpec.News.FAILED),
            tuple("PAGER", NotifySpec.News.FAILED),
            tuple("HOOK", NotifySpec.News.FAILED),
            tuple("PAGER", NotifySpec.News.FAILED),
            tuple("HOOK", NotifySpec.News.FINISHED));
    Notices.Notice first = steps.told.getFirst().notice();
    assertThat(first.sentence())
        .isEqualTo("M1.iterative.finetune of series toy failed: no flag --lr");
    assertThat(first.steps()).containsExactly("M1.iterative.finetune");
    assertThat(first.next()).isEqualTo("recycler resume toy");
  }

  @Test
  void aGateThatWaitsIsTold() {
    SeriesSpec gated = TWO.deciding(null, List.of(new GateSpec(null, GateSpec.Then.APPROVE)));
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(gated, steps)) {
      series.until(p -> !steps.told.isEmpty());
      assertThat(steps.told)
          .singleElement()
          .satisfies(
              told -> {
                assertThat(told.notice().event()).isEqualTo(NotifySpec.News.APPROVAL);
                assertThat(told.notice().next())
                    .isEqualTo("recycler approve toy M2.iterative.gate");
              });
      series.workflow().approve("M2.iterative.gate");
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
    }
  }

  @Test
  void aWebhookThatFailsForEverHurtsNothing() {
    StubSteps steps = new StubSteps();
    steps.deaf = true;
    try (SeriesHarness series = SeriesHarness.jumping(TWO, steps)) {
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(step(series.workflow().progress(), "M2.iterative.finetune").state())
          .isEqualTo(StepState.DONE);
    }
    assertThat(steps.told).as("every try").hasSize(3);
  }

  @Test
  void whatWasToldIsNotToldAgainByTheNextRunOfTheWorkflow() {
    StubSteps steps = new StubSteps();
    steps.fail("M1.base.evaluate.gsm8k", FailureKind.USER, "no such task");
    try (SeriesHarness series = SeriesHarness.inShortRuns(TWO, 40, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED && steps.told.size() == 2);
      assertThat(series.runs()).hasSizeGreaterThan(1);
      steps.heal("M1.base.evaluate.gsm8k");
      series.workflow().resume();
      series.result();
    }
    assertThat(steps.told).extracting(told -> told.notice().event()).hasSize(3);
  }

  @Test
  void aSeriesWithoutWebhooksTellsNobody() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(TWO.notifying(), steps)) {
      series.result();
    }
    assertThat(steps.told).isEmpty();
  }
}
