package dev.recycler.activities;

import dev.recycler.activities.figures.RunningStep;
import dev.recycler.activities.figures.StepFigures;
import dev.recycler.activities.figures.StepFigures.Outcome;
import dev.recycler.activities.step.NotYet;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.progress.StepKind;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at a step in Temporal's terms: heartbeats, cancellation and typed failures around the
 * work; counted, and named in every line of the log.
 */
final class StepAttempt {
  private static final Logger LOG = LoggerFactory.getLogger(StepAttempt.class);

  /** How often one kind of failure is tried again before a person is asked. */
  private static final int TOOL_FAILURES = 3;

  private static final int MACHINE_FAILURES = 5;

  private static final String LOOK_UP = "look-up";

  private final String kind;

  /** The kind that it counts as where the result was there before. */
  private final String kindOfReused;

  /** How many failures of the machine it is tried through. */
  private final int machineFailures;

  private final StepContext context;
  private final ActivityExecutionContext activity;

  /** How it ended, as far as nothing else is known. */
  private Outcome outcome = Outcome.FAILED;

  private StepAttempt(
      String kind,
      String kindOfReused,
      int machineFailures,
      StepContext context,
      ActivityExecutionContext activity) {
    this.kind = kind;
    this.kindOfReused = kindOfReused;
    this.machineFailures = machineFailures;
    this.context = context;
    this.activity = activity;
  }

  /**
   * What belongs to a step and is none itself.
   *
   * @param kind a word for it in figures
   */
  static StepAttempt beside(StepContext context, String kind) {
    return new StepAttempt(kind, kind, MACHINE_FAILURES, context, Activity.getExecutionContext());
  }

  /**
   * What looks at a step again and again while that runs: trouble with the store, however long, is
   * no reason to look away for the rest of a training.
   *
   * @param kind a word for it in figures
   */
  static StepAttempt watch(StepContext context, String kind) {
    return new StepAttempt(kind, kind, Integer.MAX_VALUE, context, Activity.getExecutionContext());
  }

  /** An attempt by the activity that this thread runs. */
  static StepAttempt of(StepKind kind, StepContext context) {
    return beside(context, word(kind));
  }

  /** A look into the store for a step's result; what it finds counts as that step. */
  static StepAttempt lookUp(StepKind kind, StepContext context) {
    return new StepAttempt(
        LOOK_UP, word(kind), MACHINE_FAILURES, context, Activity.getExecutionContext());
  }

  private static String word(StepKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** What a step does, once it is known for whom. */
  @FunctionalInterface
  interface Work<O> {
    O run(StepMonitor monitor) throws IOException, InterruptedException;
  }

  /**
   * Does the work.
   *
   * @param reused whether a result was there before
   */
  <O> O run(Work<O> work, Predicate<O> reused) {
    StepFigures.waited(kind, StepLog.sinceItsTurn(activity.getInfo()));
    long begun = System.nanoTime();
    try (RunningStep running = RunningStep.begin(kind);
        StepLog _ = StepLog.of(context, activity.getInfo())) {
      O result = run(work, new TemporalMonitor(activity, running::told));
      StepFigures.uses(Path.of(context.store()));
      outcome = reused.test(result) ? Outcome.REUSED : Outcome.DONE;
      if (kind.equals(LOOK_UP) && outcome == Outcome.DONE) {
        LOG.debug("{} is not in the store", context.step());
      } else {
        LOG.info(
            "{} {} after {} s",
            context.step(),
            outcome.name().toLowerCase(Locale.ROOT),
            (System.nanoTime() - begun) / 1_000_000_000);
      }
      return result;
    } finally {
      StepFigures.ended(
          outcome == Outcome.REUSED ? kindOfReused : kind,
          outcome,
          Duration.ofNanos(System.nanoTime() - begun));
    }
  }

  private <O> O run(Work<O> work, TemporalMonitor monitor) {
    String name = context.step();
    try {
      return work.run(monitor);
    } catch (StepInterrupted e) {
      outcome = Outcome.INTERRUPTED;
      LOG.info("{} interrupted: {}", name, e.reason());
      throw monitor.completion(e);
    } catch (NotYet e) {
      outcome = Outcome.INTERRUPTED;
      throw ApplicationFailure.newBuilder()
          .setMessage("%s: %s".formatted(name, e.getMessage()))
          .setType(NotYet.class.getSimpleName())
          .setNextRetryDelay(e.again())
          .setCategory(ApplicationErrorCategory.BENIGN)
          .build();
    } catch (StepFailed e) {
      throw failed(name, e, monitor);
    } catch (IOException e) {
      throw failed(name, new StepFailed(FailureKind.MACHINE, explain(e), e), monitor);
    } catch (UncheckedIOException e) {
      throw failed(name, new StepFailed(FailureKind.MACHINE, explain(e.getCause()), e), monitor);
    } catch (ActivityCompletionException e) {
      throw e;
    } catch (RuntimeException e) {
      throw broken(name, e, monitor);
    } catch (InterruptedException e) {
      // The worker stops: another one goes on at once, and nothing is counted against the step. The
      // interrupt is not passed on, since this thread has yet to tell the server.
      outcome = Outcome.INTERRUPTED;
      throw ApplicationFailure.newFailure(
          name + " was interrupted: its worker stops", FailureKind.MACHINE.name());
    }
  }

  /** A defect of the program: another try helps seldom, and a person has to hear of it. */
  private static RuntimeException broken(String name, RuntimeException e, TemporalMonitor monitor) {
    LOG.error("{} broke", name, e);
    return monitor.countFailure() < TOOL_FAILURES
        ? e
        : ApplicationFailure.newNonRetryableFailureWithCause(
            e.getMessage(), e.getClass().getName(), e);
  }

  private ApplicationFailure failed(String name, StepFailed e, TemporalMonitor monitor) {
    int failures = monitor.countFailure();
    int bound = e.kind() == FailureKind.MACHINE ? machineFailures : TOOL_FAILURES;
    boolean lastWord = e.lastWord() || failures >= bound;
    LOG.warn("{} failed ({}, {} of {}): {}", name, e.kind(), failures, bound, e.getMessage(), e);
    if (e.input() != null) {
      return ApplicationFailure.newNonRetryableFailure(
          e.getMessage(), e.kind().name(), e.input().toString());
    }
    return lastWord
        ? ApplicationFailure.newNonRetryableFailure(e.getMessage(), e.kind().name())
        : ApplicationFailure.newFailure(e.getMessage(), e.kind().name());
  }

  /** {@code NoSuchFileException: /a/b} says too little to a person: {@code no such file: /a/b}. */
  private static String explain(IOException e) {
    String name = e.getClass().getSimpleName().replaceFirst("Exception$", "");
    String kind =
        name.equals("IO")
            ? "cannot read or write"
            : name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    return e.getMessage() == null ? kind : kind + ": " + e.getMessage();
  }
}
