package dev.recycler.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import io.temporal.activity.ActivityOptions;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A series that was begun by an earlier version is carried on by this one. */
class ReplayTest {
  private static final Path HISTORIES = Path.of("src/test/resources/histories");

  static List<Path> histories() throws IOException {
    try (Stream<Path> files = Files.walk(HISTORIES)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("histories")
  void takesTheSameDecisionsAgain(Path history) throws Exception {
    WorkflowReplayer.replayWorkflowExecution(history.toFile(), SeriesWorkflowImpl.class);
  }

  @ParameterizedTest
  @MethodSource("histories")
  void anIncompatibleWorkflowIsFoundOut(Path history) {
    assertThatThrownBy(
            () -> WorkflowReplayer.replayWorkflowExecution(history.toFile(), FetchesFirst.class))
        .hasMessageContaining("NonDeterministicException");
  }

  @Test
  void everyKindOfEndIsRecorded() throws IOException {
    assertThat(histories().stream().map(path -> path.getFileName().toString()))
        .contains(
            "finished.json",
            "failed.json",
            "resumed.json",
            "half-way.json",
            "cancelled.json",
            "paused.json",
            "every-request.json",
            "first-run.json",
            "last-run.json",
            "watching.json",
            "watched.json",
            "stopped.json",
            "found.json",
            "kept-again.json",
            "standing.json",
            "lost.json",
            "not-needed.json",
            "known-later.json",
            "taken-back.json",
            "without-a-score.json",
            "paused-while-it-looks.json");
  }

  /** A series that does not prepare first. */
  public static final class FetchesFirst implements SeriesWorkflow {
    private final SeriesInput input;

    @WorkflowInit
    public FetchesFirst(SeriesInput input) {
      this.input = input;
    }

    @Override
    public SeriesProgress run(SeriesInput same) {
      Steps steps =
          Workflow.newActivityStub(
              Steps.class,
              ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofDays(1)).build());
      steps.fetch(new Steps.FetchInput(null, input.spec().releases().getFirst().model()));
      return null;
    }

    @Override
    public SeriesProgress progress() {
      return null;
    }

    @Override
    public boolean mustWait(String step) {
      return false;
    }

    @Override
    public int resume() {
      return 0;
    }

    @Override
    public void validateResume() {}

    @Override
    public void pause() {}

    @Override
    public void validatePause() {}

    @Override
    public void retry(String step) {}

    @Override
    public void validateRetry(String step) {}

    @Override
    public int skip(String step) {
      return 0;
    }

    @Override
    public void validateSkip(String step) {}

    @Override
    public void approve(String step) {}

    @Override
    public void validateApprove(String step) {}

    @Override
    public int update(SeriesSpec corrected) {
      return 0;
    }

    @Override
    public void validateUpdate(SeriesSpec corrected) {}

    @Override
    public void finish() {}

    @Override
    public void validateFinish() {}

    @Override
    public void addRelease(Release release) {}

    @Override
    public void validateAddRelease(Release release) {}
  }
}
