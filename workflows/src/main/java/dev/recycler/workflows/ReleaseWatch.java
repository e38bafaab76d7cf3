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
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes new revisions of a hub's repository for releases, on a timer, until a person ends that. A
 * look that fails changes nothing; the next one comes.
 *
 * <p>A series without a watch gives no command to the server here, so histories of series from
 * before there was one are replayed as they were.
 */
final class ReleaseWatch {
  private static final Duration LONGEST_LOOK = Duration.ofMinutes(5);
  private static final int MOST_TRIES = 3;

  private final Supplier<SeriesSpec> spec;
  private final Consumer<Release> take;
  private final BooleanSupplier ends;
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
      Async.procedure(this::lookForEver);
    }
  }

  /** Whether new releases may come. */
  boolean isOn() {
    return spec.get().watch() != null;
  }

  /** Whether a worker looks right now. */
  boolean isLooking() {
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

  private void lookForEver() {
    while (isOn() && !ends.getAsBoolean()) {
      Duration pause = Duration.ofSeconds(spec.get().watch().everySeconds());
      look();
      Workflow.await(pause, () -> !isOn() || ends.getAsBoolean());
    }
  }

  private void look() {
    WatchSpec watch = spec.get().watch();
    looking = true;
    try {
      SeriesSpec now = spec.get();
      seen =
          Workflow.newActivityStub(Watches.class, OPTIONS)
              .look(
                  new LookInput(
                      now.series(),
                      now.store(),
                      watch,
                      now.releases().stream().map(Release::name).toList()));
      trouble = null;
      seen.fresh().forEach(revision -> take(watch, revision));
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof CanceledFailure) {
        throw e;
      }
      trouble = "the last look failed: " + Failures.describe(e).sentence();
    } finally {
      looking = false;
    }
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

  private static final ActivityOptions OPTIONS =
      ActivityOptions.newBuilder()
          .setSummary("look for new releases")
          .setStartToCloseTimeout(LONGEST_LOOK)
          .setRetryOptions(
              RetryOptions.newBuilder()
                  .setInitialInterval(Duration.ofSeconds(10))
                  .setMaximumAttempts(MOST_TRIES)
                  .build())
          .build();
}
