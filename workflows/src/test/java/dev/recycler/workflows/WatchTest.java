package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.activity.Notices.NoticeInput;
import dev.recycler.workflows.activity.Watches.Revision;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.NotifySpec;
import dev.recycler.workflows.spec.NotifySpec.News;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.WatchSpec;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** New revisions of a hub's repository that become releases by themselves. */
@Timeout(120)
class WatchTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final WatchSpec HOURLY = new WatchSpec("org/tiny", "stage2-*", 3600);
  private static final WatchSpec OFTEN = new WatchSpec("org/tiny", "stage2-*", 1);
  private static final SeriesSpec TWO = series(2, List.of(ITERATIVE));

  private static Revision revision(String name) {
    return new Revision(name, COMMIT.replace("0", Integer.toHexString(name.length() % 16)), null);
  }

  private static SeriesProgress untilWatching(SeriesHarness series, int releases) {
    return series.until(
        p ->
            p.state() == SeriesState.WATCHING
                && p.message().contains("watches org/tiny")
                && p.spec().releases().size() == releases);
  }

  @Test
  @DisabledIfSystemProperty(
      named = "recycler.test.server",
      matches = ".+",
      disabledReason = "no real server lets an hour pass at once")
  void anHourLaterANewRevisionIsARelease() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = SeriesHarness.jumping(TWO.watching(HOURLY), steps)) {
      SeriesProgress waiting = untilWatching(series, 2);
      assertThat(waiting.message())
          .startsWith("all is done; watches org/tiny for revisions like stage2-*")
          .endsWith("`recycler finish toy` ends that");
      steps.revisions.add(revision("stage2-step6000"));
      series.sleep(Duration.ofMinutes(61));
      SeriesProgress after = untilWatching(series, 3);
      assertThat(after.spec().releases().getLast())
          .isEqualTo(
              new Release(
                  "stage2-step6000", "hf://org/tiny@" + revision("stage2-step6000").commit()));
      assertThat(step(after, "stage2-step6000.iterative.finetune").state())
          .isEqualTo(StepState.DONE);
      series.workflow().finish();
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void eachReleaseIsTakenOnceAndCarriedIntoNewRuns() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = SeriesHarness.inShortRuns(TWO.watching(OFTEN), 60, steps)) {
      String first = series.stub().getExecution().getRunId();
      untilWatching(series, 2);
      steps.revisions.add(revision("stage2-a"));
      untilWatching(series, 3);
      series.until(p -> !series.currentRun().equals(first));
      steps.revisions.add(revision("stage2-bc"));
      untilWatching(series, 4);
      series.workflow().finish();
      SeriesProgress result = series.result();
      assertThat(result.spec().releases())
          .extracting(Release::name)
          .containsExactly("M1", "M2", "stage2-a", "stage2-bc");
      assertThat(steps.started).doesNotHaveDuplicates();
    }
  }

  @Test
  void webhooksHearOfEachReleaseOnce() {
    StubSteps steps = new StubSteps();
    SeriesSpec spec =
        TWO.watching(OFTEN)
            .notifying(
                new NotifySpec("http://hook", null, NotifySpec.Format.JSON, List.of(News.RELEASE)));
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      untilWatching(series, 2);
      steps.revisions.add(revision("stage2-a"));
      untilWatching(series, 3);
      int looks = steps.looks.get();
      series.until(p -> steps.looks.get() > looks + 2);
      series.workflow().finish();
      series.result();
      assertThat(steps.told)
          .extracting(NoticeInput::notice)
          .singleElement()
          .satisfies(
              notice ->
                  assertThat(notice.sentence())
                      .isEqualTo(
                          "series toy goes on to stage2-a, found at hf://org/tiny@"
                              + revision("stage2-a").commit()));
    }
  }

  @Test
  void looksInVainLeaveNoTrace() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = SeriesHarness.jumping(TWO.watching(HOURLY), steps)) {
      untilWatching(series, 2);
      series.sleep(Duration.ofHours(2));
      int looks = steps.looks.get();
      int events = series.runs().getLast().events();
      series.sleep(Duration.ofDays(4));
      assertThat(steps.looks.get()).isGreaterThan(looks + 90);
      assertThat(series.runs().getLast().events()).isLessThan(events + 10);
      series.workflow().finish();
      series.result();
    }
  }

  @Test
  void aCorrectedFileKeepsTheReleasesThatWereFound() {
    StubSteps steps = new StubSteps();
    SeriesSpec watched = TWO.watching(OFTEN);
    try (SeriesHarness series = new SeriesHarness(watched, steps)) {
      untilWatching(series, 2);
      steps.revisions.add(revision("stage2-a"));
      untilWatching(series, 3);
      SeriesSpec third =
          watched.withReleases(
              List.of(
                  new Release("M1", "/models/m1"),
                  new Release("M2", "/models/m2"),
                  new Release("M3", "/models/m3")));
      series.workflow().update(third);
      assertThat(untilWatching(series, 4).spec().releases())
          .extracting(Release::name)
          .containsExactly("M1", "M2", "stage2-a", "M3");
      assertThat(steps.count("stage2-a.iterative.finetune")).isEqualTo(1);
      assertThatThrownBy(() -> series.workflow().update(third))
          .cause()
          .hasMessageContaining("the file changes nothing");
      series.workflow().finish();
      series.result();
    }
  }

  @Test
  void whatIsNoModelIsToldAndTakenWhenItIsOne() {
    StubSteps steps = new StubSteps();
    steps.revisions.add(new Revision("stage2-a", COMMIT, "it has no config.json yet"));
    try (SeriesHarness series = new SeriesHarness(TWO.watching(OFTEN), steps)) {
      series.until(
          p ->
              p.message() != null
                  && p.message().contains("stage2-a is not taken: it has no config.json yet"));
      steps.revisions.set(0, new Revision("stage2-a", COMMIT, null));
      untilWatching(series, 3);
      series.workflow().finish();
      assertThat(series.result().spec().releases()).hasSize(3);
    }
  }

  @Test
  void aReleaseOfTheFileIsNotFoundAgainUnderAnotherName() {
    StubSteps steps = new StubSteps();
    SeriesSpec spec =
        TWO.withReleases(
                List.of(
                    new Release("M1", "/models/m1"), new Release("M2", "hf://org/tiny@stage2-a")))
            .watching(OFTEN);
    steps.revisions.add(revision("stage2-a"));
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      series.until(p -> steps.looks.get() > 2);
      assertThat(untilWatching(series, 2).message()).doesNotContain("not taken");
    }
  }

  @Test
  void aLookThatFailsIsToldAndTheNextOneComes() {
    StubSteps steps = new StubSteps();
    steps.blind = "no such repository";
    try (SeriesHarness series = new SeriesHarness(TWO.watching(OFTEN), steps)) {
      SeriesProgress failed =
          series.until(p -> p.message() != null && p.message().contains("the last look failed"));
      assertThat(failed.state()).isEqualTo(SeriesState.WATCHING);
      assertThat(failed.message()).contains("the last look failed: no such repository");
      steps.blind = null;
      series.until(p -> p.message() != null && !p.message().contains("failed"));
    }
  }

  @Test
  void aCorrectedFileEndsOrChangesTheWatch() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(TWO.watching(HOURLY), steps)) {
      untilWatching(series, 2);
      series.workflow().update(TWO);
      assertThat(series.result().state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.started.stream().filter(step -> !step.equals("prepare")))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void aSeriesThatWatchesCanBeCancelledAndOneThatDoesNotHasNothingToFinish() {
    StubSteps steps = new StubSteps();
    try (SeriesHarness series = new SeriesHarness(TWO.watching(HOURLY), steps)) {
      untilWatching(series, 2);
      series.workflow().finish();
      series.result();
    }
    StubSteps.Gate gate = steps.hold("M1.iterative.finetune");
    try (SeriesHarness series = new SeriesHarness(TWO, steps)) {
      assertThatThrownBy(() -> series.workflow().finish())
          .isInstanceOf(WorkflowUpdateException.class)
          .cause()
          .hasMessageContaining("series toy watches for no releases, so it finishes by itself");
      gate.open().countDown();
      series.result();
    }
    try (SeriesHarness series = new SeriesHarness(TWO.watching(HOURLY), new StubSteps())) {
      untilWatching(series, 2);
      series.stub().cancel();
      assertThatThrownBy(series::result).isInstanceOf(WorkflowFailedException.class);
    }
  }
}
