package dev.recycler.workflows;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.function.Predicate;

/** A series workflow on the test server, with steps of the test's own. */
final class SeriesHarness implements AutoCloseable {
  private static final String QUEUE = "test";

  private final TestWorkflowEnvironment environment;
  private final SeriesWorkflow workflow;

  /** A series in real time. */
  SeriesHarness(SeriesSpec spec, StubSteps steps) {
    this(spec, steps, false);
  }

  /** A series whose time jumps over the pauses between attempts. */
  static SeriesHarness jumping(SeriesSpec spec, StubSteps steps) {
    return new SeriesHarness(spec, steps, true);
  }

  private SeriesHarness(SeriesSpec spec, StubSteps steps, boolean jumping) {
    environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder().setUseTimeskipping(jumping).build());
    Worker worker =
        environment.newWorker(
            QUEUE,
            // So that a cancelled step hears of it at once.
            WorkerOptions.newBuilder()
                .setMaxHeartbeatThrottleInterval(Duration.ofMillis(100))
                .build());
    worker.registerWorkflowImplementationTypes(SeriesWorkflowImpl.class);
    worker.registerActivitiesImplementations(steps);
    environment.start();
    workflow =
        environment
            .getWorkflowClient()
            .newWorkflowStub(
                SeriesWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setTaskQueue(QUEUE)
                    .setWorkflowId(SeriesWorkflow.id(spec.series()))
                    .build());
    WorkflowClient.start(workflow::run, SeriesInput.of(spec));
  }

  SeriesWorkflow workflow() {
    return workflow;
  }

  WorkflowStub stub() {
    return WorkflowStub.fromTyped(workflow);
  }

  SeriesProgress result() {
    return stub().getResult(SeriesProgress.class);
  }

  /** Lets the series run until it looks as asked. */
  SeriesProgress until(Predicate<SeriesProgress> state) {
    for (int i = 0; i < 1200; i++) {
      SeriesProgress progress = workflow.progress();
      if (state.test(progress)) {
        return progress;
      }
      environment.sleep(Duration.ofMillis(25));
    }
    throw new AssertionError("not reached: " + workflow.progress());
  }

  static StepProgress step(SeriesProgress progress, String id) {
    return progress.steps().stream()
        .filter(step -> step.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no step " + id));
  }

  String history() {
    return environment.getWorkflowClient().fetchHistory(SeriesWorkflow.id("toy")).toJson(true);
  }

  @Override
  public void close() {
    environment.close();
  }
}
