package dev.recycler.workflows.plan;

import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.DIRECT;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanTest {
  @Test
  void aSharedModelIsNamedAfterTheFirstStrategyThatYieldsIt() {
    Plan plan = Plan.of(series(3, List.of(ITERATIVE, DIRECT, PLAIN)));
    assertThat(steps(plan, ITERATIVE, 3))
        .containsExactly(
            "M1.plain.finetune",
            "M2.direct.merge",
            "M2.direct.finetune",
            "M3.iterative.merge",
            "M3.iterative.finetune");
  }

  @Test
  void whoAsksForOneStrategyReadsItsName() {
    Plan plan = Plan.of(series(2, List.of(ITERATIVE)));
    assertThat(steps(plan, ITERATIVE, 2))
        .containsExactly("M1.iterative.finetune", "M2.iterative.merge", "M2.iterative.finetune");
  }

  @Test
  void aModelThatIsOnlyNeededOnTheWayKeepsItsOwnName() {
    Plan plan = Plan.of(series(3, List.of(DIRECT)));
    Finetuned third = plan.result(DIRECT, 2);
    assertThat(plan.finetunings(third).stream().map(plan::step))
        .containsExactly("M2.plain.finetune", "M3.direct.finetune");
  }

  @Test
  void scoresWhatTheFileAsksForAndNoMore() {
    Plan plan =
        Plan.of(
            series(
                2,
                List.of(ITERATIVE, PLAIN),
                evaluation("gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED),
                evaluation("arc", Subject.MERGED)));
    assertThat(plan.scorings(0).stream().map(Scoring::step))
        .containsExactly("M1.base.evaluate.gsm8k", "M1.plain.finetuned.evaluate.gsm8k");
    assertThat(plan.scorings(1).stream().map(Scoring::step))
        .containsExactly(
            "M2.base.evaluate.gsm8k",
            "M2.iterative.merged.evaluate.gsm8k",
            "M2.iterative.merged.evaluate.arc",
            "M2.iterative.finetuned.evaluate.gsm8k",
            "M2.plain.finetuned.evaluate.gsm8k");
  }

  @Test
  void checkpointsAreScoredWhereAskedForButNotThoseOfModelsOnTheWay() {
    Plan plan = Plan.of(series(3, List.of(DIRECT), evaluation("gsm8k", Subject.CHECKPOINTS)));
    assertThat(plan.checkpointScorings(plan.result(DIRECT, 2), 50).stream().map(Scoring::step))
        .containsExactly("M3.direct.checkpoint-50.evaluate.gsm8k");
    assertThat(plan.checkpointScorings(plan.result(PLAIN, 1), 50)).isEmpty();
  }

  private static List<String> steps(Plan plan, Strategy strategy, int releases) {
    return IntStream.range(0, releases)
        .mapToObj(i -> plan.result(strategy, i))
        .flatMap(
            model ->
                model.start() instanceof Merged merged
                    ? Stream.of(plan.step(merged), plan.step(model))
                    : Stream.of(plan.step(model)))
        .toList();
  }
}
