package dev.recycler.workflows;

import dev.recycler.workflows.activity.Watches;
import dev.recycler.workflows.activity.Watches.LookInput;
import dev.recycler.workflows.activity.Watches.Revision;
import dev.recycler.workflows.activity.Watches.Seen;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.WatchSpec;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes new revisions of a hub's repository for releases until a person ends that. The looks at the
 * hub are tries of one activity, which ends when there is something new: a year of looks in vain is
 * three events of history. A look that fails changes nothing; the next one comes.
 *
 * <p>A series without a watch gives no command to the server here, so histories of series from
 * before there was one are replayed as they were.
 */
final class ReleaseWatch {
  private static final String LOOKS_ARE_TRIES = "looks at the hub are tries of one activity";

  /** A hub may ask for some minutes of peace within a look. */
  private static final Duration LONGEST_LOOK = Duration.ofMinutes(30);

  private final Supplier<SeriesSpec> spec;
  private final Consumer<Release> take;
  private final BooleanSupplier ends;
  private Promise<Void> watching;
  private boolean looksAreTries;
  private boolean looking;
  private Seen seen;

  /** Why the last look was of no use, or of not as much as it might, or null. */
  private String trouble;

  /**
   * @param spec the series as it is now
   * @param take adds a release, or refuses it in words
   * @param ends whether this run of the workflow makes room for the next, which looks again
   */
  ReleaseWatch(Supplier<SeriesSpec> spec, Consumer<Release> take, BooleanSupplier ends) {
    this.spec = spec;
    this.take = take;
    this.ends = ends;
  }

  /** Looks from now on. */
  void begin() {
    if (isOn()) {
      looksAreTries = Workflow.getVersion(LOOKS_ARE_TRIES, Workflow.DEFAULT_VERSION, 1) == 1;
      watching = Async.procedure(this::watch);
    }
  }

  /** Whether new releases may come. */
  boolean isOn() {
    return spec.get().watch() != null;
  }

  /**
   * Whether a look must be waited for before the workflow's run can end.
   *
   * @throws RuntimeException the defect that has ended the watch, which nobody would hear of
   *     otherwise
   */
  boolean isLooking() {
    if (watching != null
        && watching.isCompleted()
        && watching.getFailure() != null
        && !(watching.getFailure() instanceof CanceledFailure)) {
      throw watching.getFailure();
    }
    return looking;
  }

  /** What is watched for, for a person. */
  String sentence() {
    WatchSpec watch = spec.get().watch();
    String there =
        seen == null || seen.before() == 0
            ? ""
            : " (%d were there before and are no releases for that)".formatted(seen.before());
    String failed = trouble == null ? "" : "; " + trouble;
    return "watches %s for revisions like %s%s%s"
        .formatted(watch.hub(), watch.revisions(), there, failed);
  }

  private void watch() {
    while (goesOn()) {
      WatchSpec watch = spec.get().watch();
      int releases = spec.get().releases().size();
      if (looksAreTries) {
        waitForNews(watch);
      } else {
        look(watch);
      }
      if (looksAreTries && !goesOn()) {
        return;
      }
      // What tells another trouble at each look must not be asked without pause.
      if (!looksAreTries || spec.get().releases().size() == releases) {
        Workflow.await(Duration.ofSeconds(watch.everySeconds()), () -> !goesOn());
      }
    }
  }

  private boolean goesOn() {
    return isOn() && !ends.getAsBoolean();
  }

  /** Has the hub looked at until there is something new. */
  private void waitForNews(WatchSpec watch) {
    AtomicReference<Promise<Seen>> news = new AtomicReference<>();
    CancellationScope looks =
        Workflow.newCancellationScope(
            () -> news.set(Async.function(worker(tries(watch))::look, input(seen))));
    looks.run();
    Workflow.await(() -> news.get().isCompleted() || !goesOn());
    if (!news.get().isCompleted()) {
      looks.cancel();
      return;
    }
    hear(watch, news.get());
  }

  /** As series from before looks were tries have it. */
  private void look(WatchSpec watch) {
    looking = true;
    try {
      hear(watch, Async.function(worker(ONCE)::look, input(null)));
    } finally {
      looking = false;
    }
  }

  private void hear(WatchSpec watch, Promise<Seen> look) {
    try {
      seen = look.get();
      trouble = seen.trouble() == null ? null : "the last look failed: " + seen.trouble();
      seen.fresh().forEach(revision -> take(watch, revision));
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof CanceledFailure) {
        throw e;
      }
      trouble = "the last look failed: " + Failures.describe(e).sentence();
    }
  }

  private LookInput input(Seen heard) {
    SeriesSpec now = spec.get();
    return new LookInput(
        now.series(),
        now.store(),
        now.watch(),
        now.releases().stream().map(Release::name).toList(),
        heard);
  }

  private void take(WatchSpec watch, Revision revision) {
    if (revision.problem() != null) {
      trouble = "%s is not taken: %s".formatted(revision.name(), revision.problem());
      return;
    }
    SeriesSpec now = spec.get();
    // The file may have it already, under a name of its own.
    boolean known =
        !watch.equals(now.watch())
            || now.releases().stream()
                .map(Release::model)
                .anyMatch(
                    model ->
                        model.equals(watch.at(revision.name()).toString())
                            || model.equals(watch.at(revision.commit()).toString()));
    if (!known) {
      try {
        take.accept(
            new Release(watch.nameOf(revision.name()), watch.at(revision.commit()).toString()));
      } catch (ApplicationFailure refusal) {
        trouble = "%s is not taken: %s".formatted(revision.name(), refusal.getOriginalMessage());
      }
    }
  }

  private static Watches worker(ActivityOptions options) {
    return Workflow.newActivityStub(Watches.class, options);
  }

  private static final ActivityOptions ONCE =
      options(
          RetryOptions.newBuilder()
              .setInitialInterval(Duration.ofSeconds(10))
              .setMaximumAttempts(3));

  private static ActivityOptions tries(WatchSpec watch) {
    return options(
        RetryOptions.newBuilder()
            .setInitialInterval(Duration.ofSeconds(watch.everySeconds()))
            .setBackoffCoefficient(1));
  }

  private static ActivityOptions options(RetryOptions.Builder retries) {
    return ActivityOptions.newBuilder()
        .setSummary("look for new releases")
        .setStartToCloseTimeout(LONGEST_LOOK)
        .setRetryOptions(retries.build())
        .build();
  }
}
