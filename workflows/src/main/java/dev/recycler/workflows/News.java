package dev.recycler.workflows;

import dev.recycler.workflows.activity.Notices;
import dev.recycler.workflows.activity.Notices.Notice;
import dev.recycler.workflows.activity.Notices.NoticeInput;
import dev.recycler.workflows.spec.NotifySpec;
import dev.recycler.workflows.spec.Release;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Tells the webhooks of a series what becomes of it, once each: while it waits or has failed, when
 * it goes on to a release that it has found, and when it is finished. A webhook that fails changes
 * nothing; one that hangs holds up the end of the series by no more than {@link #PATIENCE}.
 *
 * <p>A series without webhooks gives no command to the server here, so histories of series from
 * before there were any are replayed as they were.
 */
final class News {
  private static final Duration ONE_TRY = Duration.ofSeconds(20);
  private static final int MOST_TRIES = 3;

  /** For all tries of one notice, a worker's being away included. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final int STEPS_NAMED = 5;

  private final String series;
  private final List<NotifySpec> webhooks;
  private final StepBoard steps;
  private final BooleanSupplier goesOn;

  /** What has been told and still holds; what no longer does may come again. */
  private final Set<String> told;

  /** What has happened and is to be told, once. */
  private final Map<String, Fact> happened = new LinkedHashMap<>();

  private boolean telling;

  /**
   * @param goesOn whether more may come when all is done
   * @param told what earlier runs of the workflow have told
   */
  News(
      String series,
      List<NotifySpec> webhooks,
      StepBoard steps,
      BooleanSupplier goesOn,
      List<String> told) {
    this.series = series;
    this.webhooks = webhooks;
    this.steps = steps;
    this.goesOn = goesOn;
    this.told = new LinkedHashSet<>(told);
  }

  /** Tells what there is to tell from now on. */
  void begin() {
    if (!webhooks.isEmpty()) {
      Async.procedure(this::tellForEver);
    }
  }

  /** Whether everything has been told that there is to tell now. */
  boolean allTold() {
    return webhooks.isEmpty() || (!telling && told.containsAll(facts().keySet()));
  }

  /** What the next run of the workflow need not tell again. */
  List<String> told() {
    return List.copyOf(told);
  }

  /** Tells that a release was found. */
  void tell(Release release) {
    if (!webhooks.isEmpty()) {
      happened.put(
          "release " + release.name(),
          new Fact(NotifySpec.News.RELEASE, release.name(), release.model()));
    }
  }

  private void tellForEver() {
    while (true) {
      Workflow.await(() -> !told.equals(facts().keySet()));
      Map<String, Fact> facts = facts();
      happened.clear();
      told.retainAll(facts.keySet());
      List<Fact> news = new ArrayList<>();
      facts.forEach(
          (key, fact) -> {
            if (told.add(key)) {
              news.add(fact);
            }
          });
      telling = true;
      for (NotifySpec.News event : NotifySpec.News.values()) {
        List<Fact> ofEvent = news.stream().filter(fact -> fact.event() == event).toList();
        if (!ofEvent.isEmpty()) {
          tell(event, notice(event, ofEvent));
        }
      }
      telling = false;
    }
  }

  private void tell(NotifySpec.News event, Notice notice) {
    List<Promise<Void>> sent = new ArrayList<>();
    for (NotifySpec webhook : webhooks) {
      if (webhook.on().contains(event)) {
        Notices notices =
            Workflow.newActivityStub(Notices.class, options("tell of " + event.key()));
        sent.add(Async.procedure(notices::send, new NoticeInput(webhook, notice)));
      }
    }
    for (Promise<Void> promise : sent) {
      try {
        promise.get();
      } catch (ActivityFailure lost) {
        // The worker's log has the reason. News that is lost must not cost more than itself.
      }
    }
  }

  /**
   * Something that holds.
   *
   * @param step the step or release it is about, or null
   * @param why what a person may want to know, or null
   */
  private record Fact(NotifySpec.News event, String step, String why) {}

  private Map<String, Fact> facts() {
    Map<String, Fact> facts = new LinkedHashMap<>(happened);
    for (Step step : steps.failed()) {
      facts.put(
          "failed " + step.id,
          new Fact(NotifySpec.News.FAILED, step.id, step.failure().sentence()));
    }
    for (Step gate : steps.waitingForApproval()) {
      facts.put("approval " + gate.id, new Fact(NotifySpec.News.APPROVAL, gate.id, gate.note()));
    }
    if (steps.allOver()) {
      facts.put("finished", new Fact(NotifySpec.News.FINISHED, null, null));
    }
    return facts;
  }

  private Notice notice(NotifySpec.News event, List<Fact> facts) {
    List<String> named =
        facts.stream().map(Fact::step).filter(step -> step != null).limit(STEPS_NAMED).toList();
    Fact first = facts.getFirst();
    String others = facts.size() == 1 ? "" : " (and %d more)".formatted(facts.size() - 1);
    return switch (event) {
      case FINISHED ->
          new Notice(
              series,
              event,
              (goesOn.getAsBoolean()
                      ? "all of series %s is done; it watches for new releases"
                      : "series %s is finished")
                  .formatted(series),
              named,
              "recycler report " + series);
      case FAILED ->
          new Notice(
              series,
              event,
              "%s of series %s failed%s: %s".formatted(first.step(), series, others, first.why()),
              named,
              "recycler resume " + series);
      case APPROVAL ->
          new Notice(
              series,
              event,
              "%s of series %s waits for a person%s: %s"
                  .formatted(first.step(), series, others, first.why()),
              named,
              "recycler approve %s %s".formatted(series, first.step()));
      case RELEASE ->
          new Notice(
              series,
              event,
              "series %s goes on to %s%s, found at %s"
                  .formatted(series, first.step(), others, first.why()),
              List.of(),
              "recycler status " + series);
    };
  }

  private static ActivityOptions options(String summary) {
    return ActivityOptions.newBuilder()
        .setSummary(summary)
        .setStartToCloseTimeout(ONE_TRY)
        .setScheduleToCloseTimeout(PATIENCE)
        .setRetryOptions(
            RetryOptions.newBuilder()
                .setInitialInterval(Duration.ofSeconds(2))
                .setMaximumAttempts(MOST_TRIES)
                .build())
        .build();
  }
}
