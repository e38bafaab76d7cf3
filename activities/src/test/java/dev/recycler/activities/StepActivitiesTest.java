package dev.recycler.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.activities.step.NotYet;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.training.Trainings;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Subject;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StepActivitiesTest {
  private static final Steps.Score SCORE =
      new Steps.Score("e", "t", "m", 0.5, null, 10, "h", null, "/results.json", false);

  private final TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance();

  @AfterEach
  void close() {
    temporal.close();
  }

  @Test
  void aToolThatKeepsFailingIsTriedThreeTimes() {
    AtomicInteger tries = new AtomicInteger();

    ApplicationFailure failure =
        failureOf(
            (input, monitor) -> {
              tries.incrementAndGet();
              monitor.report(heartbeat());
              throw new StepFailed(FailureKind.TOOL, "the trainer crashed");
            });

    assertThat(tries).hasValue(3);
    assertThat(failure.getType()).isEqualTo("TOOL");
    assertThat(failure.getOriginalMessage()).isEqualTo("the trainer crashed");
  }

  @Test
  void aDefectOfTheProgramIsTriedThreeTimesAndThenToldToAPerson() {
    AtomicInteger tries = new AtomicInteger();

    ApplicationFailure failure =
        failureOf(
            (input, monitor) -> {
              tries.incrementAndGet();
              monitor.report(heartbeat());
              throw new IllegalStateException("x is null");
            });

    assertThat(tries).hasValue(3);
    assertThat(failure.getType()).isEqualTo(IllegalStateException.class.getName());
    assertThat(failure.getOriginalMessage()).isEqualTo("x is null");
  }

  @Test
  void aWorkerThatStoppedIsNotCountedAgainstTheStep() {
    AtomicInteger tries = new AtomicInteger();

    Steps.Score score =
        resultOf(
            (input, monitor) -> {
              monitor.report(heartbeat());
              if (tries.incrementAndGet() <= 6) {
                throw new InterruptedException("stopped");
              }
              return SCORE;
            });

    assertThat(tries).hasValue(7);
    assertThat(score).isEqualTo(SCORE);
  }

  @Test
  void whatHasNothingToDoYetIsAskedAgainAndHasNotFailed() {
    AtomicInteger tries = new AtomicInteger();

    Steps.Score score =
        resultOf(
            (input, monitor) -> {
              if (tries.incrementAndGet() <= 6) {
                throw new NotYet("nothing has begun", Duration.ofMillis(20));
              }
              return SCORE;
            });

    assertThat(tries).hasValue(7);
    assertThat(score).isEqualTo(SCORE);
  }

  @Test
  void theUsersMistakeIsNotTriedAgain() {
    AtomicInteger tries = new AtomicInteger();

    ApplicationFailure failure =
        failureOf(
            (input, monitor) -> {
              tries.incrementAndGet();
              throw new StepFailed(FailureKind.USER, "no such flag: --learning_rat");
            });

    assertThat(tries).hasValue(1);
    assertThat(failure.getType()).isEqualTo("USER");
  }

  @Test
  void aLastWordIsNotTriedAgain() {
    AtomicInteger tries = new AtomicInteger();

    failureOf(
        (input, monitor) -> {
          tries.incrementAndGet();
          throw new StepFailed(FailureKind.TOOL, "no progress in three attempts").asLastWord();
        });

    assertThat(tries).hasValue(1);
  }

  @Test
  void aCancelledStepLearnsIt() throws InterruptedException {
    AtomicReference<StepInterrupted.Reason> reason = new AtomicReference<>();
    CountDownLatch running = new CountDownLatch(1);
    WorkflowStub workflow =
        start(
            (input, monitor) -> {
              try {
                while (true) {
                  monitor.report(heartbeat());
                  running.countDown();
                  Thread.sleep(50);
                }
              } catch (StepInterrupted e) {
                reason.set(e.reason());
                throw e;
              }
            });
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();

    workflow.cancel();

    WorkflowFailedException failure =
        catchThrowableOfType(
            WorkflowFailedException.class, () -> workflow.getResult(Steps.Score.class));
    assertThat(failure).hasCauseInstanceOf(CanceledFailure.class);
    assertThat(reason).hasValue(StepInterrupted.Reason.CANCELLED);
  }

  private Steps.Score resultOf(Step<Steps.EvaluateInput, Steps.Score> evaluate) {
    return start(evaluate).getResult(Steps.Score.class);
  }

  private ApplicationFailure failureOf(Step<Steps.EvaluateInput, Steps.Score> evaluate) {
    WorkflowFailedException failure =
        catchThrowableOfType(WorkflowFailedException.class, () -> resultOf(evaluate));
    assertThat(failure).hasCauseInstanceOf(ActivityFailure.class);
    return (ApplicationFailure) failure.getCause().getCause();
  }

  private WorkflowStub start(Step<Steps.EvaluateInput, Steps.Score> evaluate) {
    Worker worker = temporal.newWorker("test");
    worker.registerWorkflowImplementationTypes(OneEvaluation.class);
    worker.registerActivitiesImplementations(
        new StepActivities(
            new ToolHome(Path.of("python"), Path.of("scripts")),
            new FindOrMake(),
            new Trainings(
                (input, monitor) -> {
                  throw new AssertionError("no fine-tuning here");
                },
                null,
                null,
                null),
            evaluate));
    temporal.start();
    WorkflowStub stub =
        temporal
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "Evaluation", WorkflowOptions.newBuilder().setTaskQueue("test").build());
    stub.start();
    return stub;
  }

  private static Heartbeat heartbeat() {
    return new Heartbeat(
        "s", "scoring", 0, 0, "requests", null, null, null, null, 1, "host", null, null);
  }

  /** A workflow with one evaluation, retried quickly and without end. */
  @WorkflowInterface
  public interface Evaluation {
    @WorkflowMethod(name = "Evaluation")
    Steps.Score run();
  }

  public static final class OneEvaluation implements Evaluation {
    @Override
    public Steps.Score run() {
      Steps steps =
          Workflow.newActivityStub(
              Steps.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .setHeartbeatTimeout(Duration.ofSeconds(10))
                  .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                  .setRetryOptions(
                      RetryOptions.newBuilder()
                          .setInitialInterval(Duration.ofMillis(10))
                          .setBackoffCoefficient(1)
                          .build())
                  .build());
      return steps.evaluate(
          new Steps.EvaluateInput(
              new StepContext("series", "M1.base.evaluate.e", "/store"),
              new Artifact("/model", "digest", null, false),
              new EvaluationSpec(
                  "e",
                  "lm-eval",
                  null,
                  "t",
                  null,
                  List.of(),
                  List.of(),
                  Set.of(Subject.BASE),
                  Map.of(),
                  Map.of()),
              new Pins(Map.of(), Map.of())));
    }
  }
}
