package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.DIRECT;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.CanceledFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that come at the same moment as another, or as the workflow's next run. */
@Timeout(240)
class RacesTest {
  private static final SeriesSpec THREE =
      series(3, List.of(ITERATIVE, DIRECT, PLAIN), evaluation("gsm8k", Subject.FINETUNED));

  @Test
  void ofManyWhoResumeAtOnceOneTriesTheStepAgain() throws Exception {
    StubSteps steps = new StubSteps();
    steps.fail("M2.plain.finetune", FailureKind.USER, "no");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      steps.heal("M2.plain.finetune");
      StubSteps.Gate gate = steps.hold("M2.plain.finetune");
      List<Integer> answers = atOnce(8, _ -> resume(series));
      gate.awaitReached();
      gate.open().countDown();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(answers).containsOnlyOnce(1).contains(0);
      assertThat(steps.count("M2.plain.finetune")).isEqualTo(2);
      assertThat(steps.started.stream().distinct().count()).isEqualTo(steps.started.size() - 1);
    }
  }

  @Test
  void everyReleaseThatIsAddedWhileRunsFollowEachOtherIsCarriedOut() throws Exception {
    StubSteps steps = new StubSteps();
    // Enough releases to come while the first runs of a dozen events are over one after the other.
    int people = 4;
    int each = 4;
    StubSteps.Gate gate = steps.hold("M3.iterative.finetune");
    try (SeriesHarness series = SeriesHarness.inShortRuns(THREE, 30, steps)) {
      String first = series.stub().getExecution().getRunId();
      gate.awaitReached();
      atOnce(
          people,
          person -> {
            for (int i = 0; i < each; i++) {
              String name = "P" + person + "-" + i;
              series.workflow().addRelease(new Release(name, "/models/" + name));
              if (i == 1) {
                // With so much to do the series does not end before the last is added.
                gate.open().countDown();
              }
            }
            return null;
          });
      SeriesProgress result = series.result();
      assertThat(series.currentRun()).isNotEqualTo(first);
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(result.spec().releases()).hasSize(3 + people * each).doesNotHaveDuplicates();
      assertThat(steps.started).doesNotHaveDuplicates();
      assertThat(steps.count(".finetune")).isEqualTo(3 * (3 + people * each) - 3);
    }
  }

  @Test
  void cancellingDuringAMergeEndsTheMergeAndThenTheSeries() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate gate = steps.hold("M2.direct.merge");
    // Nothing but the merge runs then: the in-process server may lose its way where a step that is
    // cancelled ends at that very moment.
    try (SeriesHarness series = new SeriesHarness(series(2, List.of(DIRECT)), steps)) {
      gate.awaitReached();
      series.stub().cancel();
      assertThatThrownBy(series::result).hasCauseInstanceOf(CanceledFailure.class);
      assertThat(steps.cancelled).containsExactly("M2.direct.merge");
      SeriesProgress progress = series.workflow().progress();
      assertThat(progress.state()).isEqualTo(SeriesState.CANCELLED);
      assertThat(step(progress, "M2.direct.merge").state()).isEqualTo(StepState.CANCELLED);
      assertThat(step(progress, "M1.direct.finetune").state()).isEqualTo(StepState.DONE);
    }
  }

  @Test
  void aLongSeriesStaysFarFromTheServersLimits() {
    int mostEvents = 2000;
    SeriesSpec twenty =
        series(
            20,
            List.of(ITERATIVE, DIRECT, PLAIN),
            evaluation(
                "gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED, Subject.CHECKPOINTS));
    StubSteps steps = new StubSteps(LongStream.rangeClosed(1, 10).boxed().toArray(Long[]::new));
    try (SeriesHarness series = SeriesHarness.inShortRuns(twenty, mostEvents, steps)) {
      SeriesProgress result = series.result();
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.started).doesNotHaveDuplicates().hasSize(result.steps().size());
      assertThat(series.runs())
          .hasSizeGreaterThan(1)
          .allSatisfy(
              run -> {
                // What was with workers when the history grew long is waited for.
                assertThat(run.events()).isLessThan(mostEvents + 1000);
                assertThat(run.bytes()).isLessThan(5_000_000);
                assertThat(run.first()).isLessThan(200_000);
                assertThat(run.last()).isLessThan(200_000);
              });
    }
  }

  /** How many steps are tried again; none where the request is refused. */
  private static int resume(SeriesHarness series) {
    try {
      return series.workflow().resume();
    } catch (WorkflowUpdateException e) {
      assertThat(e).rootCause().hasMessageContaining("nothing to resume");
      return 0;
    }
  }

  /** What one of several people does. */
  private interface Request<T> {
    T by(int person) throws Exception;
  }

  /** Lets several people ask at the same moment. */
  private static <T> List<T> atOnce(int people, Request<T> request) throws Exception {
    CyclicBarrier start = new CyclicBarrier(people);
    List<Callable<T>> requests = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      int person = i;
      requests.add(
          () -> {
            start.await();
            return request.by(person);
          });
    }
    List<T> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(people)) {
      for (Future<T> answer : threads.invokeAll(requests)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }
}
