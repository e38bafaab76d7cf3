package dev.recycler.worker;

import dev.recycler.activities.RevisionWatch;
import dev.recycler.activities.StepActivities;
import dev.recycler.activities.evaluation.EvaluateStep;
import dev.recycler.activities.notify.Webhooks;
import dev.recycler.activities.process.Gpus;
import dev.recycler.activities.process.Gpus.Gpu;
import dev.recycler.activities.process.Slots;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.training.Trainings;
import dev.recycler.workflows.SeriesWorkflowImpl;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running worker: series workflows and all their steps. Closing it drains it. */
public final class RecyclerWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecyclerWorker.class);

  /**
   * Steps that may be with this worker at once. Most of them wait for a slot, which costs a thread
   * and a heartbeat; what runs is bounded by the slots.
   */
  private static final int STEPS_AT_ONCE = 64;

  /**
   * How old a heartbeat may get on its way: a live view shows it, and a cancelled step learns of it
   * with the next. Without this the SDK holds them back for most of the heartbeat timeout.
   */
  private static final Duration FRESHNESS = Duration.ofSeconds(1);

  /** Steps answer an interrupt within a second, and tools end within their grace. */
  private static final Duration DRAIN = Duration.ofSeconds(40);

  /**
   * How long a workflow may compute without a pause before it is taken for stuck. The usual second
   * is less than the first task of a fresh worker takes on a host that is busy with training.
   */
  private static final Duration STUCK = Duration.ofSeconds(20);

  private final WorkerFactory factory;

  private RecyclerWorker(WorkerFactory factory) {
    this.factory = factory;
  }

  /** Starts to serve the task queue; returns at once. */
  public static RecyclerWorker start(WorkflowClient client, WorkerConfig config) {
    Slots slots = slots(config);
    ToolHost host = new ToolHost(slots, config.endToolsOnStop());
    FindOrMake store = new FindOrMake();
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker worker =
        factory.newWorker(
            config.taskQueue(),
            WorkerOptions.newBuilder()
                .setMaxConcurrentActivityExecutionSize(STEPS_AT_ONCE)
                .setDefaultDeadlockDetectionTimeout(STUCK.toMillis())
                .setMaxHeartbeatThrottleInterval(FRESHNESS)
                .setDefaultHeartbeatThrottleInterval(FRESHNESS)
                .build());
    worker.registerWorkflowImplementationTypes(SeriesWorkflowImpl.class);
    worker.registerActivitiesImplementations(
        new StepActivities(
            config.tools(),
            store,
            Trainings.of(config.tools(), host, store),
            new EvaluateStep(config.tools(), host, store)),
        new Webhooks(System.getenv()),
        new RevisionWatch(System.getenv(), StepActivities.home()));
    factory.start();
    LOG.info(
        "serving task queue {} with {} {}",
        config.taskQueue(),
        slots.total(),
        slots.areGpus() ? "GPUs" : "slots");
    return new RecyclerWorker(factory);
  }

  /** The GPUs of this machine, where it has some. */
  private static Slots slots(WorkerConfig config) {
    try {
      List<Gpu> gpus = Gpus.visible(System.getenv());
      return gpus.isEmpty()
          ? Slots.cpu(config.slots(), config.devices())
          : Slots.gpus(gpus, config.devices());
    } catch (IOException e) {
      LOG.warn("the GPUs of this machine cannot be listed; none is used", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Slots.cpu(config.slots(), config.devices());
  }

  /** Takes no more steps; those that run go on until the worker is closed. */
  public void drain() {
    factory.suspendPolling();
  }

  /**
   * Takes no more steps and interrupts those that run: each tells the server, so that the next
   * worker goes on with it at once.
   */
  @Override
  public void close() {
    factory.shutdownNow();
    factory.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    if (!factory.isTerminated()) {
      LOG.warn("steps of this worker did not end within {}", DRAIN);
    }
  }
}
