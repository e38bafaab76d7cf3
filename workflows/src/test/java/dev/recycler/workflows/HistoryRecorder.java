package dev.recycler.workflows;

import static dev.recycler.workflows.SeriesHarness.step;
import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static dev.recycler.workflows.spec.Strategy.DIRECT;
import static dev.recycler.workflows.spec.Strategy.ITERATIVE;
import static dev.recycler.workflows.spec.Strategy.PLAIN;

import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Watches.Revision;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.ConnectivitySpec;
import dev.recycler.workflows.spec.GateSpec;
import dev.recycler.workflows.spec.NotifySpec;
import dev.recycler.workflows.spec.PublishSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Subject;
import dev.recycler.workflows.spec.WatchSpec;
import io.temporal.client.WorkflowFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Records the histories that {@link ReplayTest} replays, against a real server:
 *
 * <pre>
 * temporal server start-dev --headless --port 7999
 * ./mvnw test -pl workflows -am -Dtest=HistoryRecorder -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Drecycler.record=FOLDER -Drecycler.test.server=127.0.0.1:7999
 * </pre>
 *
 * <p>Histories of a released version are never recorded over: they stand for series that run
 * somewhere. A new version adds its own in a folder of its own name.
 */
@EnabledIfSystemProperty(named = "recycler.record", matches = ".+")
class HistoryRecorder {
  private static final String TRAINING = "M2.iterative.finetune";
  private static final String SCORE = "M2.iterative.checkpoint-50.evaluate.gsm8k";
  private static final String LATER_SCORE = "M2.iterative.checkpoint-100.evaluate.gsm8k";
  private static final SeriesSpec THREE =
      series(
          3,
          List.of(ITERATIVE, DIRECT, PLAIN),
          evaluation("gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED),
          evaluation("arc", Subject.CHECKPOINTS));

  private static final GateSpec ENOUGH =
      new GateSpec(new Condition("gsm8k", ">=", 0.75, 1), GateSpec.Then.STOP);

  /** Of its M2, the training is {@link #TRAINING}: with other strategies they would share it. */
  private static final SeriesSpec STOPPING =
      series(
              3,
              List.of(ITERATIVE),
              evaluation("gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED),
              evaluation("arc", Subject.CHECKPOINTS))
          .deciding(null, List.of(ENOUGH));

  @Test
  void finished() throws IOException {
    try (SeriesHarness series = new SeriesHarness(THREE, new StubSteps(50L))) {
      series.result();
      save("finished", series);
    }
  }

  @Test
  void waitingAfterAFailure() throws IOException {
    StubSteps steps = new StubSteps(50L);
    steps.fail("M2.direct.finetune", FailureKind.USER, "no flag --lr");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      series.until(p -> p.state() == SeriesState.FAILED);
      save("failed", series);
      steps.heal("M2.direct.finetune");
      series.workflow().resume();
      series.result();
      save("resumed", series);
    }
  }

  @Test
  void halfWay() throws Exception {
    StubSteps steps = new StubSteps(50L);
    StubSteps.Gate gate = steps.hold("M2.direct.finetune");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      series.until(p -> step(p, "M3.plain.finetuned.evaluate.gsm8k").state() == StepState.DONE);
      save("half-way", series);
      series.stub().cancel();
      try {
        series.result();
      } catch (WorkflowFailedException e) {
        save("cancelled", series);
      }
    }
  }

  @Test
  void acrossRuns() throws IOException {
    try (SeriesHarness series = SeriesHarness.inShortRuns(THREE, 60, new StubSteps(50L))) {
      String first = series.stub().getExecution().getRunId();
      series.result();
      save("first-run", series.history(first));
      save("last-run", series);
    }
  }

  @Test
  void everyRequest() throws Exception {
    StubSteps steps = new StubSteps(50L);
    StubSteps.Gate gate = steps.hold("M2.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      gate.awaitReached();
      series.workflow().pause();
      gate.open().countDown();
      series.until(p -> step(p, "M2.plain.finetune").state() == StepState.DONE);
      save("paused", series);
      series.workflow().addRelease(new Release("M4", "/models/m4"));
      series.workflow().skip("M2.direct.finetune");
      series.workflow().skip("M4.plain.finetune");
      series.workflow().retry("M2.direct.finetune");
      series.workflow().resume();
      series.result();
      save("every-request", series);
    }
  }

  @Test
  void watching() throws IOException {
    StubSteps steps = new StubSteps(50L);
    SeriesSpec spec =
        THREE
            .watching(new WatchSpec("org/tiny", "stage2-*", 1))
            .notifying(
                new NotifySpec(
                    "http://hook",
                    null,
                    NotifySpec.Format.JSON,
                    List.of(NotifySpec.News.values())));
    try (SeriesHarness series = new SeriesHarness(spec, steps)) {
      series.until(p -> p.state() == SeriesState.WATCHING);
      steps.revisions.add(new Revision("stage2-a", "a".repeat(40), null));
      series.until(p -> p.state() == SeriesState.WATCHING && p.spec().releases().size() == 4);
      save("watching", series);
      series.workflow().finish();
      series.result();
      save("watched", series);
    }
  }

  @Test
  void stopped() throws IOException {
    StubSteps steps = stopping();
    try (SeriesHarness series = new SeriesHarness(STOPPING, steps)) {
      series.result();
      save("stopped", series);
    }
  }

  @Test
  void foundInTheStore() throws IOException {
    StubSteps first = new StubSteps(50L);
    try (SeriesHarness series = new SeriesHarness(THREE, first)) {
      series.result();
    }
    StubSteps again = new StubSteps(50L);
    again.stored.addAll(first.started);
    try (SeriesHarness series = new SeriesHarness(THREE, again)) {
      series.result();
      save("found", series);
    }
  }

  @Test
  void keptAgain() throws IOException {
    StubSteps steps = stopping();
    steps.loseInputOnce(SCORE, StubSteps.pathOf(TRAINING + "@50"));
    try (SeriesHarness series = new SeriesHarness(STOPPING, steps)) {
      series.result();
      save("kept-again", series);
    }
  }

  @Test
  void standing() throws IOException {
    SeriesSpec spec =
        THREE
            .connecting(new ConnectivitySpec(List.of(0.5), List.of("gsm8k")))
            .publishing(
                new PublishSpec(
                    "hf://org/toy-{release}", List.of(ITERATIVE), null, null, List.of(), false));
    try (SeriesHarness series = new SeriesHarness(spec, new StubSteps(50L))) {
      series.result();
      save("standing", series);
    }
  }

  @Test
  void withoutAScore() throws Exception {
    StubSteps steps = stopping();
    steps.fail(SCORE, FailureKind.USER, "no such task");
    StubSteps.Gate training = steps.hold(TRAINING);
    try (SeriesHarness series = new SeriesHarness(STOPPING, steps)) {
      training.awaitReached();
      series.until(
          p ->
              p.steps().stream()
                  .anyMatch(s -> s.id().equals(SCORE) && s.state() == StepState.FAILED));
      training.open().countDown();
      series.until(p -> p.state() == SeriesState.FAILED);
      steps.heal(SCORE);
      series.workflow().resume();
      series.result();
      save("without-a-score", series);
    }
  }

  @Test
  void pausedWhileItLooks() throws Exception {
    StubSteps steps = new StubSteps();
    StubSteps.Gate looking = steps.hold("look-up M1.plain.finetune");
    try (SeriesHarness series = new SeriesHarness(THREE, steps)) {
      looking.awaitReached();
      series.workflow().pause();
      looking.open().countDown();
      series.until(p -> step(p, "M1.plain.finetune").state() == StepState.WAITING);
      series.workflow().resume();
      series.result();
      save("paused-while-it-looks", series);
    }
  }

  @Test
  void lost() throws IOException {
    StubSteps steps = stopping();
    steps.loseInputOnce("stop " + TRAINING, StubSteps.pathOf(TRAINING + "@50"));
    steps.loseInput("keep " + TRAINING + "@50", StubSteps.pathOf(TRAINING + "@50"));
    try (SeriesHarness series = new SeriesHarness(STOPPING, steps)) {
      series.result();
      save("lost", series);
    }
  }

  @Test
  void notNeeded() throws Exception {
    StubSteps steps = stopping();
    steps.saving.put(TRAINING, List.of(50L, 100L));
    StubSteps.Gate first = steps.hold(SCORE);
    StubSteps.Gate later = steps.hold(LATER_SCORE);
    try (SeriesHarness series = SeriesHarness.inShortRuns(STOPPING, 60, steps)) {
      first.awaitReached();
      String run = series.currentRun();
      later.awaitReached();
      first.open().countDown();
      series.result();
      save("not-needed", series.history(run));
      save("known-later", series);
    }
  }

  @Test
  void takenBack() throws Exception {
    String slow = "M2.iterative.merge";
    StubSteps steps = stopping();
    steps.fail(SCORE, FailureKind.USER, "no such task");
    StubSteps.Gate training = steps.hold(TRAINING);
    StubSteps.Gate held = steps.hold("M3.base.evaluate.gsm8k");
    StubSteps.Gate merging = steps.holdSlow(slow);
    try (SeriesHarness series = new SeriesHarness(STOPPING, steps)) {
      merging.awaitReached();
      series.workflow().skip(slow);
      series.workflow().addRelease(new Release("M4", "/models/m4"));
      merging.open().countDown();
      series.until(p -> step(p, "M4.iterative.merge").state() == StepState.CANCELLED);
      steps.free(slow);
      series.workflow().retry(slow);
      training.awaitReached();
      series.until(
          p ->
              p.steps().stream()
                  .anyMatch(s -> s.id().equals(SCORE) && s.state() == StepState.FAILED));
      training.open().countDown();
      series.until(p -> step(p, TRAINING).state() == StepState.FAILED);
      series.workflow().skip(TRAINING);
      steps.heal(SCORE);
      series.workflow().retry(TRAINING);
      held.open().countDown();
      series.result();
      save("taken-back", series);
    }
  }

  /** A training that is ended at its first checkpoint. */
  private static StubSteps stopping() {
    StubSteps steps = new StubSteps();
    steps.hold(TRAINING);
    steps.saving.put(TRAINING, List.of(50L));
    steps.values.put(SCORE, 0.9);
    return steps;
  }

  private static void save(String name, SeriesHarness series) throws IOException {
    save(name, series.history(series.currentRun()));
  }

  private static void save(String name, String history) throws IOException {
    Path folder = Path.of("src/test/resources/histories", System.getProperty("recycler.record"));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name + ".json"), history + "\n");
  }
}
