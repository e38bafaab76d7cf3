package dev.recycler.workflows;

import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.plan.PlannedStep;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The workers that steps are given to: those in whose line they wait, and the same aside of it. */
final class Workers {
  private final int silence;
  private final Predicate<String> mustWait;

  /** Steps that were made from what this series has trained. */
  private final Set<String> anew = new LinkedHashSet<>();

  private Queues queues = Queues.ONE;

  /**
   * @param silence seconds after which a silent worker is taken for lost, or 0 for the usual time
   * @param mustWait whether a step must not begin now though its turn has come
   */
  Workers(int silence, Predicate<String> mustWait) {
    this.silence = silence;
    this.mustWait = mustWait;
  }

  void useQueues(Queues known) {
    queues = known;
  }

  /** Those that do a step when its turn comes. */
  Steps of(PlannedStep step, SeriesSpec spec) {
    String queue = queues == Queues.ONE ? null : TaskQueues.of(series(), step, spec);
    return stub(StepOptions.of(step.kind(), step.id(), queue, silence));
  }

  /** Pins data and tools, which needs the machines of a training and none of their devices. */
  Promise<Pins> prepare(PlannedStep step, SeriesSpec spec, Steps inLine) {
    if (queues != Queues.WITH_ASIDE) {
      return Async.function(inLine::prepare, spec);
    }
    Steps aside = aside(step, spec);
    return Async.function(
        () -> Aside.orInLine(() -> aside.prepare(spec), () -> inLine.prepare(spec)));
  }

  /**
   * Notes that a step begins.
   *
   * @param needs what it is made from
   */
  void begins(String step, List<Step> needs) {
    if (needs.stream().anyMatch(this::isNew)) {
      anew.add(step);
    } else {
      anew.remove(step);
    }
  }

  private boolean isNew(Step need) {
    return anew.contains(need.id) || (need.finetuned() != null && wasTrained(need.finetuned()));
  }

  /** A checkpoint that became the model has scores already. */
  private static boolean wasTrained(Steps.Finetuned result) {
    return result.steps() > 0 && !result.model().reused() && result.stopped() == null;
  }

  /**
   * What a step gives where the store has it, else what its work gives. What is made from weights
   * that were trained a moment ago can't be in the store, so that a long series need not ask for
   * each of its scores.
   *
   * @param lookUp asks the store; null where it has nothing
   * @param known what to give for what the store has
   */
  <T, R> Promise<R> unlessKnown(
      PlannedStep step,
      SeriesSpec spec,
      Function<Steps, T> lookUp,
      Function<T, Promise<R>> known,
      Supplier<Promise<R>> work) {
    if (queues != Queues.WITH_ASIDE || anew.contains(step.id())) {
      return work.get();
    }
    String queue = TaskQueues.aside(series(), step, spec);
    Steps store = stub(StepOptions.lookUp(step.kind(), step.id(), queue, silence));
    return Async.function(
            () ->
                Aside.find(() -> lookUp.apply(store)).map(known).orElseGet(() -> begin(step, work)))
        .thenCompose(result -> result);
  }

  private <R> Promise<R> begin(PlannedStep step, Supplier<Promise<R>> work) {
    if (mustWait.test(step.id())) {
      // Paused while the store was asked, say.
      throw new NotBegun();
    }
    return work.get();
  }

  /** Those that look at a training. */
  TrainingWatch watch(PlannedStep training, SeriesSpec spec, Steps worker, FinetuneInput input) {
    if (queues == Queues.WITH_ASIDE) {
      String queue = TaskQueues.aside(series(), training, spec);
      return new TrainingWatch.Beside(
          stub(StepOptions.watching(training.id(), queue, silence)),
          aside(training, spec),
          worker,
          input);
    }
    String queue = queues == Queues.BY_WORK ? TaskQueues.ofWatching(series()) : null;
    return new TrainingWatch.AmongMerges(
        stub(StepOptions.of(training.kind(), training.id(), queue, silence)), input);
  }

  private Steps aside(PlannedStep step, SeriesSpec spec) {
    String queue = TaskQueues.aside(series(), step, spec);
    return stub(StepOptions.aside(step.kind(), step.id(), queue, silence));
  }

  private static String series() {
    return Workflow.getInfo().getTaskQueue();
  }

  private static Steps stub(ActivityOptions options) {
    return Workflow.newActivityStub(Steps.class, options);
  }
}
