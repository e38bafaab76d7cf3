package dev.recycler.activities;

import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.training.Trainings;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.activity.Activity;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps as Temporal sees them: heartbeats, cancellation and typed failures around the work. */
public final class StepActivities implements Steps {
  private static final Logger LOG = LoggerFactory.getLogger(StepActivities.class);

  /** How often one kind of failure is tried again before a person is asked. */
  private static final int TOOL_FAILURES = 3;

  private static final int MACHINE_FAILURES = 5;

  private final Step<SeriesSpec, Pins> prepare;
  private final Step<FetchInput, Artifact> fetch = new FetchStep(System.getenv(), home());
  private final Step<MergeInput, Artifact> merge;
  private final Trainings trainings;
  private final Step<PublishInput, Artifact> publish;
  private final Step<EvaluateInput, Score> evaluate;

  public StepActivities(
      ToolHome tools, FindOrMake store, Trainings trainings, Step<EvaluateInput, Score> evaluate) {
    this.prepare = new PrepareStep(tools);
    this.merge = new MergeStep(store);
    this.trainings = trainings;
    this.publish = new PublishStep(System.getenv(), home());
    this.evaluate = evaluate;
  }

  @Override
  public Pins prepare(SeriesSpec spec) {
    return attempt("prepare", prepare, spec);
  }

  @Override
  public Artifact fetch(FetchInput input) {
    return attempt(input.context().step(), fetch, input);
  }

  @Override
  public Artifact merge(MergeInput input) {
    return attempt(input.context().step(), merge, input);
  }

  @Override
  public Finetuned finetune(FinetuneInput input) {
    return attempt(input.context().step(), trainings.finetune(), input);
  }

  @Override
  public Score evaluate(EvaluateInput input) {
    return attempt(input.context().step(), evaluate, input);
  }

  @Override
  public Checkpoint awaitCheckpoint(CheckpointInput input) {
    return attempt(
        input.training().context().step() + ", its checkpoints,",
        trainings.awaitCheckpoint(),
        input);
  }

  @Override
  public Finetuned stop(StopInput input) {
    return attempt(input.training().context().step(), trainings.stop(), input);
  }

  @Override
  public Artifact publish(PublishInput input) {
    return attempt(input.context().step(), publish, input);
  }

  private static <I, O> O attempt(String name, Step<I, O> step, I input) {
    TemporalMonitor monitor = new TemporalMonitor(Activity.getExecutionContext());
    try {
      return step.run(input, monitor);
    } catch (StepInterrupted e) {
      LOG.info("{} interrupted: {}", name, e.reason());
      throw monitor.completion(e);
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

  private static ApplicationFailure failed(String name, StepFailed e, TemporalMonitor monitor) {
    int failures = monitor.countFailure();
    int bound = e.kind() == FailureKind.MACHINE ? MACHINE_FAILURES : TOOL_FAILURES;
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

  /**
   * The user's home folder as every shell has it; Java alone would ask the user database, whatever
   * HOME says.
   */
  public static Path home() {
    return Path.of(System.getenv().getOrDefault("HOME", System.getProperty("user.home")));
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
