package dev.recycler.workflows;

import dev.recycler.workflows.payload.SeriesPayloads;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A series workflow with steps of the test's own, on the in-process test server, or on a real one
 * where {@code -Drecycler.test.server=HOST:PORT} names it.
 */
final class SeriesHarness implements AutoCloseable {
  private static final String QUEUE = "test";
  private static final String SERVER = System.getProperty("recycler.test.server");

  /** Who does the steps that use devices. */
  private enum Fleet {
    ALL,
    /** All workers are busy: they do only what needs no device. */
    BUSY,
    /** They are of a version that knew of no queues aside. */
    OLD
  }

  private final TestWorkflowEnvironment environment;
  private final Worker worker;
  private final SeriesWorkflow workflow;

  /** A series in real time. */
  SeriesHarness(SeriesSpec spec, StubSteps steps) {
    this(SeriesInput.of(spec), steps, false, SearchAttributes.EMPTY, Fleet.ALL);
  }

  /** A series on a server that has the search attribute of series. */
  static SeriesHarness findable(SeriesSpec spec, StubSteps steps) {
    return new SeriesHarness(
        SeriesInput.of(spec),
        steps,
        false,
        SearchAttributes.newBuilder().set(Visibility.STATE, "running").build(),
        Fleet.ALL);
  }

  /** A series whose time jumps over the pauses between attempts. */
  static SeriesHarness jumping(SeriesSpec spec, StubSteps steps) {
    return new SeriesHarness(SeriesInput.of(spec), steps, true, SearchAttributes.EMPTY, Fleet.ALL);
  }

  /** A series all of whose workers have their devices in use for others. */
  static SeriesHarness amongBusyWorkers(SeriesSpec spec, StubSteps steps) {
    return new SeriesHarness(
        SeriesInput.of(spec), steps, false, SearchAttributes.EMPTY, Fleet.BUSY);
  }

  /** A series whose steps are done by workers of an older version; time jumps. */
  static SeriesHarness amongOldWorkers(SeriesSpec spec, StubSteps steps) {
    return new SeriesHarness(SeriesInput.of(spec), steps, true, SearchAttributes.EMPTY, Fleet.OLD);
  }

  /** A series that goes on in a new run of the workflow after so many events. */
  static SeriesHarness inShortRuns(SeriesSpec spec, int mostEvents, StubSteps steps) {
    return new SeriesHarness(
        new SeriesInput(spec, List.of(), false, mostEvents, List.of(), 0),
        steps,
        false,
        SearchAttributes.EMPTY,
        Fleet.ALL);
  }

  private SeriesHarness(
      SeriesInput input,
      StubSteps steps,
      boolean jumping,
      SearchAttributes attributes,
      Fleet fleet) {
    environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(jumping)
                .registerSearchAttribute(
                    Visibility.STATE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .setUseExternalService(SERVER != null)
                .setTarget(SERVER)
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setIdentity("test")
                        .setDataConverter(SeriesPayloads.converter())
                        .build())
                .build());
    WorkerOptions options =
        // So that a cancelled step hears of it at once.
        WorkerOptions.newBuilder()
            .setMaxHeartbeatThrottleInterval(Duration.ofMillis(100))
            // A busy machine may not give a workflow's thread its turn for more than a second.
            .setDefaultDeadlockDetectionTimeout(30_000)
            // Nor may it have a task back from another worker: see Histories.
            .setStickyQueueScheduleToStartTimeout(Duration.ofMinutes(2))
            .build();
    worker = environment.newWorker(QUEUE, options);
    worker.registerWorkflowImplementationTypes(SeriesWorkflowImpl.class);
    worker.registerActivitiesImplementations(steps);
    for (TaskQueues.Work work : TaskQueues.Work.values()) {
      queues(work, fleet)
          .forEach(
              queue ->
                  environment.newWorker(queue, options).registerActivitiesImplementations(steps));
    }
    environment.start();
    workflow =
        environment
            .getWorkflowClient()
            .newWorkflowStub(
                SeriesWorkflow.class,
                options(SeriesWorkflow.id(input.spec().series()), attributes));
    WorkflowClient.start(workflow::run, input);
  }

  private static Set<String> queues(TaskQueues.Work work, Fleet fleet) {
    String inLine = TaskQueues.of(QUEUE, work, null);
    String aside = TaskQueues.aside(QUEUE, work, null);
    if (work == TaskQueues.Work.MERGE) {
      return Set.of(inLine);
    }
    return switch (fleet) {
      case ALL -> Set.of(inLine, aside);
      case BUSY -> Set.of(aside);
      case OLD -> Set.of(inLine);
    };
  }

  private static WorkflowOptions options(String id, SearchAttributes attributes) {
    WorkflowOptions.Builder options =
        WorkflowOptions.newBuilder()
            .setTaskQueue(QUEUE)
            .setWorkflowId(id)
            .setTypedSearchAttributes(attributes);
    if (SERVER != null) {
      // An earlier test may have left its series waiting.
      options.setWorkflowIdConflictPolicy(
          WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING);
    }
    return options.build();
  }

  /** The series, whichever run it is in. */
  SeriesWorkflow workflow() {
    return environment
        .getWorkflowClient()
        .newWorkflowStub(SeriesWorkflow.class, stub().getExecution().getWorkflowId());
  }

  WorkflowStub stub() {
    return WorkflowStub.fromTyped(workflow);
  }

  /** What the server's visibility says the series is about, or null. */
  String visibleState() {
    return stub().describe().getTypedSearchAttributes().get(Visibility.STATE);
  }

  SeriesProgress result() {
    return environment
        .getWorkflowClient()
        .newUntypedWorkflowStub(stub().getExecution().getWorkflowId())
        .getResult(SeriesProgress.class);
  }

  /** Lets the series run until it looks as asked. */
  SeriesProgress until(Predicate<SeriesProgress> state) {
    for (int i = 0; i < 1200; i++) {
      SeriesProgress progress = workflow().progress();
      if (state.test(progress)) {
        return progress;
      }
      LockSupport.parkNanos(Duration.ofMillis(25).toNanos());
    }
    throw new AssertionError("not reached: " + workflow().progress());
  }

  static StepProgress step(SeriesProgress progress, String id) {
    return progress.steps().stream()
        .filter(step -> step.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no step " + id));
  }

  /** Lets time pass, at once where it jumps. */
  void sleep(Duration time) {
    environment.sleep(time);
  }

  /** Id of the workflow's run that is the latest now. */
  String currentRun() {
    return environment
        .getWorkflowClient()
        .newUntypedWorkflowStub(stub().getExecution().getWorkflowId())
        .describe()
        .getExecution()
        .getRunId();
  }

  /** What each run of the workflow cost, the first one first. */
  List<RunCost> runs() {
    List<RunCost> runs = new ArrayList<>();
    String run = currentRun();
    while (!run.isEmpty()) {
      WorkflowExecutionHistory history =
          environment.getWorkflowClient().fetchHistory(stub().getExecution().getWorkflowId(), run);
      runs.addFirst(RunCost.of(history.getHistory()));
      run = Histories.runBefore(history);
    }
    return runs;
  }

  /** The history of one run of the workflow, as JSON. */
  String history(String run) {
    return environment
        .getWorkflowClient()
        .fetchHistory(stub().getExecution().getWorkflowId(), run)
        .toJson(true);
  }

  /** Every run of the workflow must take the same decisions again, whoever carries it on. */
  private void replay() {
    String run = currentRun();
    while (!run.isEmpty()) {
      WorkflowExecutionHistory recorded =
          environment.getWorkflowClient().fetchHistory(stub().getExecution().getWorkflowId(), run);
      WorkflowExecutionHistory history =
          SERVER == null ? Histories.asDelivered(recorded) : recorded;
      try {
        WorkflowReplayer.replayWorkflowExecution(history, worker);
      } catch (Exception e) {
        throw new AssertionError(
            "run %s of the workflow can't be replayed; its history: %s"
                .formatted(run, history.toJson(true)),
            e);
      }
      run = Histories.runBefore(history);
    }
  }

  @Override
  public void close() {
    try {
      replay();
    } finally {
      environment.close();
    }
  }
}
