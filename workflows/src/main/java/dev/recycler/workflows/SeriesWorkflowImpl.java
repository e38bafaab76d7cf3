package dev.recycler.workflows;

import dev.recycler.workflows.plan.Correction;
import dev.recycler.workflows.plan.Plan;
import dev.recycler.workflows.plan.Rows;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries a recipe through the releases of a series, and listens to people while it does. The
 * algorithm itself is in {@link dev.recycler.workflows.model.Recipes}, its steps in {@link
 * ModelSteps}.
 */
public final class SeriesWorkflowImpl implements SeriesWorkflow {
  private static final String QUEUES_BY_WORK = "task queues by work";

  private final int mostEvents;
  private final int silence;
  private final StepBoard steps;
  private final ModelSteps models;
  private final News news;
  private final ReleaseWatch watch;
  private Queues queues = Queues.ONE;
  private SeriesSpec spec;
  private Plan plan;
  private boolean begun;
  private boolean paused;
  private boolean cancelled;

  /** What the next run of the workflow takes up. */
  private final CorrectedFile corrected = new CorrectedFile();

  /** A series about to run. */
  @WorkflowInit
  public SeriesWorkflowImpl(SeriesInput input) {
    spec = input.spec();
    plan = Plan.of(spec);
    paused = input.paused();
    mostEvents = input.mostEvents();
    silence = input.silence();
    steps = new StepBoard(input.ended(), this::isHeld, () -> isHeld() || historyIsLong());
    models = new ModelSteps(steps, silence, input.seen());
    news = new News(spec.series(), spec.notifications(), steps, this::isWatching, input.told());
    watch =
        new ReleaseWatch(
            () -> spec, this::takeFound, () -> corrected.isPending() || historyIsLong());
  }

  @Override
  public SeriesProgress run(SeriesInput input) {
    int version = Workflow.getVersion(QUEUES_BY_WORK, Workflow.DEFAULT_VERSION, Queues.NEWEST);
    queues = Queues.of(version);
    models.useQueues(queues);
    if (isNew()) {
      steps.skips.haveScoresFollowTrainings();
    }
    if (version >= Queues.SKIPS_LAST) {
      steps.skips.haveThemLast();
    }
    try {
      models.carryOut(spec, plan);
      begun = true;
      news.begin();
      watch.begin();
      Visibility.keep(() -> situation().standing());
      Workflow.await(
          () ->
              (isFinished() || mustGoOnInANewRun())
                  && !watch.isLooking()
                  && everybodyWasHeard()
                  && news.allTold());
      if (!isFinished()) {
        goOnInANewRun();
      }
      return progress();
    } catch (CanceledFailure e) {
      cancelled = true;
      steps.stop();
      // Out of the cancelled scope: the series is cancelled when its last process has ended.
      Workflow.newDetachedCancellationScope(
              () -> {
                Workflow.await(steps::idle);
                if (isNew()) {
                  Visibility.set(situation().standing());
                }
              })
          .run();
      throw e;
    }
  }

  /**
   * A workflow's history must not grow without end. When it is long, the steps that run are waited
   * for, and the next run of the workflow begins with what has been done.
   */
  private boolean historyIsLong() {
    WorkflowInfo info = Workflow.getInfo();
    return mostEvents == 0
        ? info.isContinueAsNewSuggested()
        : info.getHistoryLength() >= mostEvents;
  }

  private boolean isHeld() {
    return paused || corrected.isPending();
  }

  /** Whether this run of the workflow decides as the newest do: the mark of its queues says so. */
  private boolean isNew() {
    return queues == Queues.WITH_ASIDE;
  }

  private boolean isWatching() {
    return spec.watch() != null;
  }

  /** Whether all is done, and nothing can come. */
  private boolean isFinished() {
    return steps.allOver() && !isWatching();
  }

  private boolean mustGoOnInANewRun() {
    return steps.idle() && (corrected.isPending() || historyIsLong());
  }

  private void goOnInANewRun() {
    SeriesSpec next = corrected.orElse(spec);
    List<EndedStep> ended = new ArrayList<>(steps.ended(corrected::keeps));
    if (!corrected.isPending()) {
      // What they need is unknown here; after a correction they are looked for in the store.
      ended.addAll(steps.endedBefore());
    }
    Workflow.newContinueAsNewStub(SeriesWorkflow.class)
        .run(
            new SeriesInput(
                next,
                ended,
                paused,
                mostEvents,
                news.told(),
                silence,
                models.seen(corrected::keeps)));
  }

  private static boolean everybodyWasHeard() {
    return Workflow.isEveryHandlerFinished();
  }

  @Override
  public SeriesProgress progress() {
    Situation now = situation();
    return new SeriesProgress(
        spec,
        now.state(),
        now.message(),
        steps.progress(),
        Rows.of(spec, plan, models::checkpointScorings));
  }

  @Override
  public boolean mustWait(String step) {
    return begun && steps.has(step) && steps.mustWait(step);
  }

  @Override
  public int resume() {
    Workflow.await(() -> begun);
    paused = false;
    return steps.retryFailed();
  }

  @Override
  public void validateResume() {
    Requests.check(
        !begun || paused || !steps.failed().isEmpty(),
        "no step of series %s has failed, so there is nothing to resume".formatted(spec.series()));
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void validatePause() {
    Requests.check(!paused, "series %s is paused already".formatted(spec.series()));
  }

  @Override
  public void retry(String step) {
    Workflow.await(() -> begun);
    // What was heard before the series began could not be checked then.
    checkRetry(step);
    steps.retry(step);
  }

  @Override
  public void validateRetry(String step) {
    if (begun) {
      checkRetry(step);
    }
  }

  private void checkRetry(String step) {
    Requests.checkStep(spec, steps, step);
    Requests.check(
        steps.mayRetry(step),
        "step %s has neither failed nor been skipped by itself, so it can't be tried again"
            .formatted(step));
  }

  @Override
  public int skip(String step) {
    Workflow.await(() -> begun);
    checkSkip(step);
    return steps.skip(step);
  }

  @Override
  public void validateSkip(String step) {
    if (begun) {
      checkSkip(step);
    }
  }

  private void checkSkip(String step) {
    Requests.checkStep(spec, steps, step);
    Requests.check(steps.maySkip(step), "step %s is over, so it can't be skipped".formatted(step));
  }

  @Override
  public void approve(String step) {
    Workflow.await(() -> begun);
    checkApprove(step);
    steps.approve(step, "approved by a person");
  }

  @Override
  public void validateApprove(String step) {
    if (begun) {
      checkApprove(step);
    }
  }

  private void checkApprove(String step) {
    Requests.checkStep(spec, steps, step);
    Requests.check(steps.mayApprove(step), "step %s does not wait for approval".formatted(step));
  }

  @Override
  public int update(SeriesSpec file) {
    Workflow.await(() -> begun);
    checkUpdate(file);
    corrected.replace(spec, isNew() ? Correction.withFound(spec, file) : file);
    return steps.giveBack(corrected::keeps);
  }

  @Override
  public void validateUpdate(SeriesSpec file) {
    checkUpdate(file);
  }

  private void checkUpdate(SeriesSpec file) {
    Requests.checkCorrection(corrected.orElse(spec), Correction.withFound(spec, file));
  }

  @Override
  public void addRelease(Release release) {
    Workflow.await(() -> begun);
    // Another request may have been heard while this one waited.
    Requests.checkRelease(corrected.orElse(spec), release);
    if (corrected.isPending()) {
      corrected.amend(Requests.with(corrected.orElse(spec), release));
    } else {
      add(release);
    }
  }

  private void add(Release release) {
    SeriesSpec longer = Requests.with(spec, release);
    plan = Plan.of(longer);
    spec = longer;
    models.carryOut(spec, plan);
  }

  /** Adds a release that the watch has found. */
  private void takeFound(Release release) {
    Requests.check(
        !corrected.isPending(),
        "series %s takes up a corrected file first".formatted(spec.series()));
    Requests.checkRelease(spec, release);
    add(release);
    news.tell(release);
  }

  @Override
  public void validateAddRelease(Release release) {
    Requests.checkRelease(corrected.orElse(spec), release);
  }

  @Override
  public void finish() {
    Workflow.await(() -> begun);
    checkFinish();
    spec = spec.watching(null);
    if (corrected.isPending()) {
      corrected.amend(corrected.orElse(spec).watching(null));
    }
  }

  @Override
  public void validateFinish() {
    checkFinish();
  }

  private void checkFinish() {
    Requests.check(
        corrected.orElse(spec).watch() != null,
        "series %s watches for no releases, so it finishes by itself".formatted(spec.series()));
  }

  private Situation situation() {
    return new Situation(spec.series(), steps, watch, cancelled, corrected.isPending(), paused);
  }
}
