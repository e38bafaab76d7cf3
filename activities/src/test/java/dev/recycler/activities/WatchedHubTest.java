package dev.recycler.activities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.hub.HubServer;
import dev.recycler.activities.hub.TinyCheckpoint;
import dev.recycler.workflows.SeriesInput;
import dev.recycler.workflows.SeriesWorkflow;
import dev.recycler.workflows.SeriesWorkflowImpl;
import dev.recycler.workflows.TaskQueues;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.payload.SeriesPayloads;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.WatchSpec;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A series that watches a hub, over days that pass at once. */
@Timeout(120)
class WatchedHubTest {
  @TempDir private Path folder;

  @Test
  void aNewRevisionIsAReleaseOfTheCommitThatItHadWhenItWasFound() throws Exception {
    try (HubServer hub = new HubServer();
        TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(
                TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(
                        WorkflowClientOptions.newBuilder()
                            .setDataConverter(SeriesPayloads.converter())
                            .build())
                    .build())) {
      hub.commit("org/tiny", TinyCheckpoint.files(1, 1000));
      hub.commit("org/tiny", "stage2-step1", TinyCheckpoint.files(2, 1000));
      Map<String, String> variables =
          Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HOME", folder.resolve("hf").toString());
      Worker worker = temporal.newWorker("test");
      worker.registerWorkflowImplementationTypes(SeriesWorkflowImpl.class);
      worker.registerActivitiesImplementations(new RevisionWatch(variables, folder));
      for (TaskQueues.Work work : TaskQueues.Work.values()) {
        temporal
            .newWorker(TaskQueues.of("test", work, null))
            .registerActivitiesImplementations(new NoWork());
        if (work != TaskQueues.Work.MERGE) {
          temporal
              .newWorker(TaskQueues.aside("test", work, null))
              .registerActivitiesImplementations(new NoWork());
        }
      }
      temporal.start();
      SeriesWorkflow series =
          temporal
              .getWorkflowClient()
              .newWorkflowStub(
                  SeriesWorkflow.class,
                  WorkflowOptions.newBuilder()
                      .setTaskQueue("test")
                      .setWorkflowId("series-toy")
                      .build());
      WorkflowClient.start(series::run, SeriesInput.of(spec()));
      until(series, progress -> progress.message() != null && progress.message().contains("(1 "));

      String found = hub.commit("org/tiny", "stage2-step2", TinyCheckpoint.files(3, 1000));
      temporal.sleep(Duration.ofHours(2));
      until(series, progress -> progress.spec().releases().size() == 2);
      // The branch moves; the release stays what it was.
      hub.commit("org/tiny", "stage2-step2", TinyCheckpoint.files(4, 1000));
      hub.commit("org/tiny", "stage1-step9", TinyCheckpoint.files(5, 1000));
      temporal.sleep(Duration.ofDays(1));
      series.finish();
      SeriesProgress result = WorkflowStub.fromTyped(series).getResult(SeriesProgress.class);

      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(result.spec().releases())
          .containsExactly(
              new Release("M1", "hf://org/tiny@stage2-step1"),
              new Release("stage2-step2", "hf://org/tiny@" + found));
      assertThat(hub.asked("/refs")).isGreaterThan(20);
    }
  }

  private SeriesSpec spec() {
    return new SeriesSpec(
            "toy",
            folder.resolve("store").toString(),
            List.of(new Release("M1", "hf://org/tiny@stage2-step1")),
            List.of(Strategy.ITERATIVE),
            new FinetuneSpec("trl", null, "/data", Map.of(), Map.of()),
            MergeSpec.DEFAULT,
            List.of())
        .watching(new WatchSpec("org/tiny", "stage2-*", 3600));
  }

  private static void until(SeriesWorkflow series, Predicate<SeriesProgress> wanted)
      throws InterruptedException {
    for (int i = 0; i < 1000; i++) {
      if (wanted.test(series.progress())) {
        return;
      }
      Thread.sleep(25);
    }
    throw new AssertionError("not reached: " + series.progress());
  }

  /** Steps that take no time. */
  public static final class NoWork implements Steps {
    @Override
    public Pins prepare(SeriesSpec spec) {
      return new Pins(Map.of(), Map.of());
    }

    @Override
    public Artifact fetch(FetchInput input) {
      return made(input.model());
    }

    @Override
    public Artifact merge(MergeInput input) {
      return made(input.context().step());
    }

    @Override
    public Finetuned finetune(FinetuneInput input) {
      return new Finetuned(made(input.context().step()), List.of(), 1, 1, 1);
    }

    @Override
    public Finetuned findFinetuned(FinetuneInput input) {
      return null;
    }

    @Override
    public Score findScore(EvaluateInput input) {
      return null;
    }

    @Override
    public Checkpoint keepCheckpoint(KeepInput input) {
      throw new AssertionError(input);
    }

    @Override
    public Checkpoint awaitCheckpoint(CheckpointInput input) {
      throw new AssertionError(input);
    }

    @Override
    public Finetuned stop(StopInput input) {
      throw new AssertionError(input);
    }

    @Override
    public Artifact publish(PublishInput input) {
      throw new AssertionError(input);
    }

    @Override
    public Score evaluate(EvaluateInput input) {
      throw new AssertionError(input);
    }

    private static Artifact made(String of) {
      return new Artifact("/somewhere/" + of.hashCode(), of, null, false);
    }
  }
}
