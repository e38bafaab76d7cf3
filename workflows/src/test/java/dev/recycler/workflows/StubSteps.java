package dev.recycler.workflows;

import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Notices;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.activity.Watches;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.activity.Activity;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Steps without work, told by a test which of them fail and which of them take their time. */
final class StubSteps implements Steps, Notices, Watches {
  /** Ids of the steps as they were started, every attempt. */
  final List<String> started = new CopyOnWriteArrayList<>();

  /** Ids of the steps that ended because they were cancelled. */
  final List<String> cancelled = new CopyOnWriteArrayList<>();

  /** The recipe that each fine-tuning was given. */
  final Map<String, FinetuneSpec> recipes = new ConcurrentHashMap<>();

  /** The λ that each merge was given. */
  final Map<String, Double> scales = new ConcurrentHashMap<>();

  /** What a step scores, with a standard error of 0.03; 0.5 where nothing is said. */
  final Map<String, Double> values = new ConcurrentHashMap<>();

  /** The checkpoints that a training which runs has saved. */
  final Map<String, List<Long>> saving = new ConcurrentHashMap<>();

  /** The steps whose results are in the store. */
  final Set<String> stored = ConcurrentHashMap.newKeySet();

  /** The steps whose results were looked for in the store, beside those that have begun. */
  final List<String> lookedUp = new CopyOnWriteArrayList<>();

  /** The task queues on which trainings were watched. */
  final Set<String> watchedOn = ConcurrentHashMap.newKeySet();

  /** What the webhooks were told, every try. */
  final List<NoticeInput> told = new CopyOnWriteArrayList<>();

  /** What a look at the hub finds. */
  final List<Revision> revisions = new CopyOnWriteArrayList<>();

  /** How often the hub was looked at. */
  final AtomicInteger looks = new AtomicInteger();

  /** Why a look is of no use, or null. */
  volatile String blind;

  /** Whether no webhook answers. */
  volatile boolean deaf;

  private final Map<String, ApplicationFailure> failures = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> failuresLeft = new ConcurrentHashMap<>();
  private final Map<String, Gate> gates = new ConcurrentHashMap<>();
  private final List<Long> checkpoints;

  /** A fine-tuning gives these checkpoints. */
  StubSteps(Long... checkpoints) {
    this.checkpoints = List.of(checkpoints);
  }

  void fail(String step, FailureKind kind, String sentence) {
    failures.put(step, ApplicationFailure.newFailure(sentence, kind.name()));
  }

  void failWith(String step, ApplicationFailure failure) {
    failures.put(step, failure);
  }

  /** The step finds that what it is made from is gone. */
  void loseInput(String step, String path) {
    failWith(
        step,
        ApplicationFailure.newNonRetryableFailure(
            path + " is gone", FailureKind.INPUT.name(), path));
  }

  /** The step finds so once. */
  void loseInputOnce(String step, String path) {
    loseInput(step, path);
    failuresLeft.put(step, new AtomicInteger(1));
  }

  /** The step fails this many times, then does not. */
  void failFirst(String step, int times, FailureKind kind, String sentence) {
    fail(step, kind, sentence);
    failuresLeft.put(step, new AtomicInteger(times));
  }

  void heal(String step) {
    failures.remove(step);
  }

  /** The step, once started, goes on only when the gate is opened. */
  Gate hold(String step) {
    return hold(step, Hearing.AT_ONCE);
  }

  /** The same of a step that never hears that it is cancelled. */
  Gate holdDeaf(String step) {
    return hold(step, Hearing.NEVER);
  }

  /** The same of a step that takes its time to end when it is cancelled: until it may go on. */
  Gate holdSlow(String step) {
    return hold(step, Hearing.LATE);
  }

  private Gate hold(String step, Hearing hearing) {
    Gate gate = new Gate(new CountDownLatch(1), new Semaphore(0), hearing);
    gates.put(step, gate);
    return gate;
  }

  /** No longer holds a step. */
  void free(String step) {
    gates.remove(step);
  }

  /** Lets a step that is held go on. */
  void open(String step) {
    gates.get(step).open().countDown();
  }

  long count(String ending) {
    return started.stream().filter(id -> id.endsWith(ending)).count();
  }

  @Override
  public Pins prepare(SeriesSpec spec) {
    begin("prepare");
    return new Pins(Map.of("/data/train", "d0"), Map.of("trl@", "trl 1.0"));
  }

  @Override
  public Artifact fetch(FetchInput input) {
    begin(input.context().step());
    return new Artifact(input.model(), "digest of " + input.model(), null, false);
  }

  @Override
  public Artifact merge(MergeInput input) {
    begin(input.context().step());
    scales.put(input.context().step(), input.merge().scale());
    return made(
        "(%s + %s - %s)"
            .formatted(input.target().digest(), input.finetuned().digest(), input.base().digest()));
  }

  @Override
  public Finetuned finetune(FinetuneInput input) {
    begin(input.context().step());
    recipes.put(input.context().step(), input.finetune());
    Artifact model = made("FT" + input.start().digest());
    List<Checkpoint> saved = new ArrayList<>();
    for (long step : checkpoints) {
      saved.add(new Checkpoint(step, made(model.digest() + "@" + step)));
    }
    return new Finetuned(model, saved, 100, 1.5, 1);
  }

  @Override
  public Finetuned findFinetuned(FinetuneInput input) {
    String step = input.context().step();
    begin("look-up " + step, lookedUp);
    if (!stored.contains(step)) {
      return null;
    }
    List<Checkpoint> saved =
        checkpoints.stream().map(at -> new Checkpoint(at, reused(step + "@" + at))).toList();
    return new Finetuned(reused("FT" + input.start().digest()), saved, 100, 1.5, 1);
  }

  @Override
  public Score findScore(EvaluateInput input) {
    begin("look-up " + input.context().step(), lookedUp);
    return stored.contains(input.context().step()) ? score(input, true) : null;
  }

  private static Artifact reused(String digest) {
    Artifact made = made(digest);
    return new Artifact(made.path(), made.digest(), made.fingerprint(), true);
  }

  @Override
  public Checkpoint keepCheckpoint(KeepInput input) {
    begin("keep " + input.training().context().step() + "@" + input.checkpoint().step());
    return input.checkpoint();
  }

  @Override
  public Checkpoint awaitCheckpoint(CheckpointInput input) {
    watchedOn.add(Activity.getExecutionContext().getInfo().getActivityTaskQueue());
    String step = input.training().context().step();
    while (true) {
      for (long saved : saving.getOrDefault(step, List.of())) {
        if (saved > input.after()) {
          return new Checkpoint(saved, made(step + "@" + saved));
        }
      }
      Activity.getExecutionContext().heartbeat(null);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Override
  public Finetuned stop(StopInput input) {
    begin("stop " + input.training().context().step());
    return new Finetuned(input.at().model(), List.of(), input.at().step(), 1.0, 1, input.why());
  }

  @Override
  public Artifact publish(PublishInput input) {
    begin(input.context().step());
    return new Artifact(input.to(), input.model().digest(), null, false);
  }

  @Override
  public Score evaluate(EvaluateInput input) {
    begin(input.context().step());
    return score(input, false);
  }

  private Score score(EvaluateInput input, boolean reused) {
    return new Score(
        input.evaluation().name(),
        input.evaluation().task(),
        "exact_match,none",
        values.getOrDefault(input.context().step(), 0.5),
        0.03,
        200,
        "lm-eval 0.4.13",
        "1",
        input.model().path() + "/results.json",
        reused);
  }

  @Override
  public Seen look(LookInput input) {
    looks.incrementAndGet();
    Seen seen =
        blind != null
            ? new Seen(List.of(), 0, blind)
            : new Seen(
                revisions.stream()
                    .filter(
                        revision -> !input.known().contains(input.watch().nameOf(revision.name())))
                    .toList(),
                0,
                null);
    if (seen.equals(input.heard())) {
      throw ApplicationFailure.newBuilder()
          .setType(NOTHING_NEW)
          .setMessage("nothing new")
          .setNextRetryDelay(Duration.ofSeconds(input.watch().everySeconds()))
          .build();
    }
    return seen;
  }

  @Override
  public void send(NoticeInput input) {
    told.add(input);
    if (deaf) {
      throw ApplicationFailure.newFailure("nobody answers", FailureKind.MACHINE.name());
    }
  }

  /** Where what is made lies. */
  static String pathOf(String digest) {
    return "/store/" + Integer.toHexString(digest.hashCode());
  }

  private static Artifact made(String digest) {
    return new Artifact(pathOf(digest), digest, Integer.toHexString(digest.hashCode()), false);
  }

  private void begin(String step) {
    begin(step, started);
  }

  private void begin(String step, List<String> noted) {
    noted.add(step);
    Gate gate = gates.get(step);
    if (gate != null) {
      gate.reached.release();
      await(step, gate);
    }
    ApplicationFailure failure = failures.get(step);
    AtomicInteger left = failuresLeft.get(step);
    if (failure != null && (left == null || left.getAndDecrement() > 0)) {
      throw failure;
    }
  }

  private void await(String step, Gate gate) {
    try {
      while (!gate.open.await(50, TimeUnit.MILLISECONDS)) {
        if (gate.hearing == Hearing.AT_ONCE) {
          Activity.getExecutionContext().heartbeat(step);
        }
      }
      while (gate.hearing == Hearing.LATE) {
        Activity.getExecutionContext().heartbeat(step);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    } catch (ActivityCompletionException e) {
      cancelled.add(step);
      throw e;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** When a step that is held hears that it is cancelled. */
  private enum Hearing {
    AT_ONCE,
    LATE,
    NEVER
  }

  /** A door in a step. */
  record Gate(CountDownLatch open, Semaphore reached, Hearing hearing) {
    void awaitReached() throws InterruptedException {
      if (!reached.tryAcquire(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the step was not started");
      }
    }
  }
}
