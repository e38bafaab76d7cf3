package dev.recycler.worker;

import dev.recycler.activities.RevisionWatch;
import dev.recycler.activities.StepActivities;
import dev.recycler.activities.evaluation.EvaluateStep;
import dev.recycler.activities.hub.HubException;
import dev.recycler.activities.hub.HubSettings;
import dev.recycler.activities.notify.Webhooks;
import dev.recycler.activities.policy.Policy;
import dev.recycler.activities.process.Gpus;
import dev.recycler.activities.process.Gpus.Gpu;
import dev.recycler.activities.process.Slots;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.MergeRoom;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.training.Trainings;
import dev.recycler.worker.WorkerSettings.Drain;
import dev.recycler.workflows.SeriesWorkflowImpl;
import dev.recycler.workflows.TaskQueues;
import dev.recycler.workflows.TaskQueues.Work;
import io.temporal.client.WorkflowClient;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running worker: series workflows and their steps. Closing it drains it. */
public final class RecyclerWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecyclerWorker.class);

  /**
   * Steps of one queue that may be with this worker at once, where no device bounds them. Most of
   * them wait, which costs a thread and a heartbeat.
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

  /** Each queue is asked by so few: what they get is bounded by devices, not by polling. */
  private static final int POLLERS = 2;

  private final WorkerFactory factory;
  private final Drain drain;
  private final Slots slots;

  private RecyclerWorker(WorkerFactory factory, Drain drain, Slots slots) {
    this.factory = factory;
    this.drain = drain;
    this.slots = slots;
  }

  /** Starts to serve its task queues; returns at once. */
  public static RecyclerWorker start(WorkflowClient client, WorkerConfig config) {
    WorkerSettings settings = config.settings();
    Slots slots = slots(config);
    slots.tidy();
    WorkerFactory factory = WorkerFactory.newInstance(client);
    StepActivities steps = steps(config, slots);
    Worker series = factory.newWorker(config.taskQueue(), options(settings, STEPS_AT_ONCE));
    series.registerWorkflowImplementationTypes(SeriesWorkflowImpl.class);
    series.registerActivitiesImplementations(
        new Webhooks(System.getenv()), new RevisionWatch(System.getenv(), StepActivities.home()));
    if (settings.work().equals(Set.of(Work.values()))) {
      // Of series that began before each kind of work had a queue of its own.
      series.registerActivitiesImplementations(steps);
    }
    for (Work work : settings.work()) {
      int most = work == Work.MERGE ? STEPS_AT_ONCE : slots.total();
      for (String label : labels(settings)) {
        String queue = TaskQueues.of(config.taskQueue(), work, label);
        factory.newWorker(queue, options(settings, most)).registerActivitiesImplementations(steps);
        String aside = TaskQueues.aside(config.taskQueue(), work, label);
        if (!aside.equals(queue)) {
          factory
              .newWorker(aside, options(settings, STEPS_AT_ONCE))
              .registerActivitiesImplementations(steps);
        }
      }
    }
    factory.start();
    LOG.info(
        "serving {} for {}{} with {} {}",
        config.taskQueue(),
        settings.work(),
        settings.labels().isEmpty() ? "" : " as " + settings.labels(),
        slots.total(),
        slots.areGpus() ? "GPUs" : "slots");
    return new RecyclerWorker(factory, settings.drain(), slots);
  }

  private static StepActivities steps(WorkerConfig config, Slots slots) {
    WorkerSettings settings = config.settings();
    ToolHost host = new ToolHost(slots, settings.drain().manner() == Drain.Manner.END);
    FindOrMake store = new FindOrMake();
    return new StepActivities(
        config.tools(),
        store,
        new MergeRoom(settings.mergesAtOnce(), settings.keepFree()),
        Trainings.of(config.tools(), host, store),
        new EvaluateStep(config.tools(), host, store),
        withHubCache(settings.policy()));
  }

  /** What a worker has fetched itself may be read. */
  private static Policy withHubCache(Policy policy) {
    try {
      return policy.withFolder(HubSettings.of(System.getenv(), StepActivities.home()).cache());
    } catch (HubException e) {
      // The first fetch says so.
      return policy;
    }
  }

  /** What its queues are named with: nothing, for any worker, and each of its labels. */
  private static List<String> labels(WorkerSettings settings) {
    List<String> labels = new ArrayList<>();
    labels.add(null);
    labels.addAll(settings.labels());
    return labels;
  }

  private static WorkerOptions options(WorkerSettings settings, int mostSteps) {
    WorkerOptions.Builder options =
        WorkerOptions.newBuilder()
            // Not more than can run soon: the rest is left to workers that are free.
            .setMaxConcurrentActivityExecutionSize(mostSteps)
            .setMaxConcurrentActivityTaskPollers(Math.min(POLLERS, mostSteps))
            .setDefaultDeadlockDetectionTimeout(STUCK.toMillis())
            .setMaxHeartbeatThrottleInterval(FRESHNESS)
            .setDefaultHeartbeatThrottleInterval(FRESHNESS);
    settings
        .deployment()
        .ifPresent(
            deployment ->
                options.setDeploymentOptions(
                    WorkerDeploymentOptions.newBuilder()
                        .setUseVersioning(true)
                        .setVersion(
                            new WorkerDeploymentVersion(deployment.name(), deployment.build()))
                        .setDefaultVersioningBehavior(
                            deployment.pinned()
                                ? VersioningBehavior.PINNED
                                : VersioningBehavior.AUTO_UPGRADE)
                        .build()));
    return options.build();
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

  /** Its devices, in use and free. */
  public Slots slots() {
    return slots;
  }

  /** Whether it has ended though nobody has closed it. */
  public boolean isGone() {
    return factory.isTerminated();
  }

  /** Whether it asks the server for steps. */
  public boolean serves() {
    return factory.isStarted() && !factory.isShutdown();
  }

  /**
   * Takes no more steps and waits for those that run, as its settings say; then interrupts them:
   * each tells the server, so that the next worker goes on with it at once.
   */
  @Override
  public void close() {
    if (drain.manner() == Drain.Manner.FINISH && !drain.patience().isZero()) {
      LOG.info("finishing what runs, for at most {}", drain.patience());
      factory.shutdown();
      factory.awaitTermination(drain.patience().toMillis(), TimeUnit.MILLISECONDS);
    }
    factory.shutdownNow();
    factory.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    if (!factory.isTerminated()) {
      LOG.warn("steps of this worker did not end within {}", DRAIN);
    }
    slots.tidy();
  }
}
