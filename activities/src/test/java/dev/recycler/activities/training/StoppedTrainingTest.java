package dev.recycler.activities.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.Lookups;
import dev.recycler.activities.step.NotYet;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Folders;
import dev.recycler.activities.store.LineageGraph;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.CheckpointInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.activity.Steps.KeepInput;
import dev.recycler.workflows.activity.Steps.StopInput;
import dev.recycler.workflows.activity.Steps.StopRule;
import dev.recycler.workflows.spec.Condition;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process that is ended at a checkpoint, which becomes the fine-tuned model. */
@Timeout(120)
class StoppedTrainingTest {
  private static final StepMonitor QUIET = SteppingTrainer.monitor(_ -> {});

  @TempDir private Path folder;
  private Path start;

  @BeforeEach
  void makeStart() throws IOException {
    start = Files.createDirectories(folder.resolve("start"));
    Files.writeString(start.resolve("tokenizer.json"), "{}");
    Files.writeString(start.resolve("model.safetensors"), "the start's own");
  }

  private static StopRule rule(double threshold) {
    return new StopRule(
        new Condition("gsm8k", ">=", threshold, 1),
        new EvaluationSpec(
            "gsm8k",
            "lm-eval",
            null,
            "gsm8k",
            null,
            List.of(),
            List.of(),
            EnumSet.of(Subject.FINETUNED),
            Map.of(),
            Map.of()));
  }

  private static void whileTraining(
      SteppingTrainer trainer, FinetuneInput input, WhileTraining work) throws Exception {
    AtomicBoolean cancelled = new AtomicBoolean();
    StepMonitor monitor =
        SteppingTrainer.monitor(
            _ -> {
              if (cancelled.get()) {
                throw new StepInterrupted(StepInterrupted.Reason.CANCELLED, null);
              }
            });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Finetuned> training =
          threads.submit(() -> trainer.steps().finetune().run(input, monitor));
      trainer.held();
      try {
        work.now();
      } finally {
        cancelled.set(true);
      }
      assertThatThrownBy(training::get).hasCauseInstanceOf(StepInterrupted.class);
    }
  }

  private interface WhileTraining {
    void now() throws Exception;
  }

  @Test
  void theCheckpointIsTheModelAndTheTrainingIsNotDoneAgain() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    FinetuneInput input = trainer.stoppable(start, rule(0.75));
    Checkpoint[] found = new Checkpoint[2];
    whileTraining(
        trainer,
        input,
        () -> {
          found[0] = trainer.steps().awaitCheckpoint().run(new CheckpointInput(input, 0), QUIET);
          found[1] =
              trainer
                  .steps()
                  .awaitCheckpoint()
                  .run(new CheckpointInput(input, found[0].step()), QUIET);
        });
    assertThat(found).extracting(Checkpoint::step).containsExactly(4L, 8L);
    // What the trainer does not save at a checkpoint is as at the start.
    assertThat(Path.of(found[0].model().path()))
        .isDirectoryContaining("glob:**/tokenizer.json")
        .isDirectoryContaining("glob:**/config.json");

    Finetuned stopped =
        trainer
            .steps()
            .stop()
            .run(new StopInput(input, found[1], "gsm8k is 0.8: gsm8k >= 0.75"), QUIET);

    assertThat(stopped.steps()).isEqualTo(8);
    assertThat(stopped.stopped()).isEqualTo("gsm8k is 0.8: gsm8k >= 0.75");
    assertThat(stopped.model().digest()).isEqualTo(found[1].model().digest());
    assertThat(stopped.checkpoints())
        .singleElement()
        .satisfies(
            earlier -> {
              assertThat(earlier.step()).isEqualTo(4);
              assertThat(earlier.model().digest()).isEqualTo(found[0].model().digest());
            });
    assertThat(ArtifactStore.open(trainer.store).root().resolve("work/finetune"))
        .isEmptyDirectory();
    assertThat(LineageGraph.of(Path.of(stopped.model().path())).formula())
        .isEqualTo("FT(start) at step 8");

    assertThat(stopped.model().fingerprint())
        .isEqualTo(
            new Lookups(new ToolHome(folder.resolve("elsewhere"), folder))
                .stopped(input)
                .fingerprint()
                .hex());

    // Found, although nothing of the training itself was published.
    Finetuned again = trainer.steps().finetune().run(input, QUIET);
    assertThat(again.model().reused()).isTrue();
    assertThat(again.stopped()).isEqualTo(stopped.stopped());
  }

  @Test
  void aTrainingWithoutStopsStandsForOneThatWentToItsEnd() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "");
    FinetuneInput plain = trainer.stoppable(start);
    FinetuneInput stoppable = trainer.stoppable(start, rule(0.75));
    Finetuned whole = trainer.steps().finetune().run(plain, QUIET);

    Finetuned found = trainer.steps().finetune().run(stoppable, QUIET);
    assertThat(found.model().path()).isEqualTo(whole.model().path());
    assertThat(found.stopped()).isNull();

    Finetuned stopped =
        trainer
            .steps()
            .stop()
            .run(new StopInput(stoppable, found.checkpoints().getFirst(), "good"), QUIET);
    assertThat(stopped.steps()).isEqualTo(4);
    assertThat(stopped.model().path()).isNotEqualTo(whole.model().path());
    Finetuned withoutAScore =
        trainer
            .steps()
            .stop()
            .run(new StopInput(stoppable, found.checkpoints().get(1), "good", List.of(4L)), QUIET);
    assertThat(withoutAScore.steps()).isEqualTo(8);
    assertThat(withoutAScore.model().fingerprint()).isNotEqualTo(stopped.model().fingerprint());
    // Another target is another result, and no stops are the whole training.
    assertThat(trainer.steps().finetune().run(trainer.stoppable(start, rule(0.9)), QUIET).steps())
        .isEqualTo(12);
    assertThat(trainer.steps().finetune().run(plain, QUIET).steps()).isEqualTo(12);
    assertThat(trainer.steps().finetune().run(stoppable, QUIET).steps()).isEqualTo(4);
  }

  @Test
  void aTrainingIsWatchedWithoutAPlaceUntilItBegins() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    FinetuneInput input = trainer.stoppable(start, rule(0.75));
    assertThatThrownBy(
            () -> trainer.steps().awaitCheckpoint().run(new CheckpointInput(input, 0, true), QUIET))
        .isInstanceOf(NotYet.class);
    whileTraining(
        trainer,
        input,
        () ->
            assertThat(
                    trainer
                        .steps()
                        .awaitCheckpoint()
                        .run(new CheckpointInput(input, 0, true), QUIET)
                        .step())
                .isEqualTo(4));
  }

  @Test
  void aCheckpointThatItsTrainerIsRemovingIsNotKept() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    FinetuneInput input = trainer.stoppable(start, rule(0.75));
    whileTraining(
        trainer,
        input,
        () -> {
          KeptCheckpoints checkpoints = trainer.checkpoints(input);
          Path fourth = checkpoints.saved().get(4L);
          Files.delete(fourth.resolve("model.safetensors"));
          assertThat(checkpoints.keep(4, fourth, Optional.empty(), QUIET)).isEmpty();
          assertThat(trainer.store.resolve("artifacts/checkpoint")).doesNotExist();
          assertThat(trainer.store.resolve("staging")).isEmptyDirectory();
          assertThat(
                  trainer
                      .steps()
                      .awaitCheckpoint()
                      .run(new CheckpointInput(input, 0), QUIET)
                      .step())
              .isEqualTo(8);
        });
  }

  @Test
  void aKeptCheckpointThatIsGoneIsKeptAgain() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    FinetuneInput input = trainer.stoppable(start, rule(0.75));
    whileTraining(
        trainer,
        input,
        () -> {
          Checkpoint kept =
              trainer.steps().awaitCheckpoint().run(new CheckpointInput(input, 0), QUIET);
          Folders.delete(Path.of(kept.model().path()));
          Checkpoint again =
              trainer.steps().keepCheckpoint().run(new KeepInput(input, kept), QUIET);
          assertThat(again.model()).isEqualTo(kept.model());
          assertThat(Path.of(again.model().path(), "model.safetensors")).exists();
        });
  }

  @Test
  void aDamagedCheckpointNeverComesBackAsAnotherModelOfItsName() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    FinetuneInput input = trainer.stoppable(start, rule(0.75));
    whileTraining(
        trainer,
        input,
        () -> {
          Checkpoint kept =
              trainer.steps().awaitCheckpoint().run(new CheckpointInput(input, 0), QUIET);
          // The trainer's own file, too: the two share their bytes.
          Path weights = Path.of(kept.model().path(), "model.safetensors");
          byte[] bytes = Files.readAllBytes(weights);
          bytes[bytes.length - 1]++;
          Files.write(weights, bytes);

          Checkpoint next =
              trainer.steps().awaitCheckpoint().run(new CheckpointInput(input, 0), QUIET);
          assertThat(next.step()).isEqualTo(8);
          assertThat(trainer.store.resolve("damaged")).isNotEmptyDirectory();
          assertThatThrownBy(
                  () -> trainer.steps().keepCheckpoint().run(new KeepInput(input, kept), QUIET))
              .isInstanceOfSatisfying(
                  StepFailed.class,
                  lost -> assertThat(lost.input()).isEqualTo(Path.of(kept.model().path())))
              .hasMessageContaining("the checkpoint at step 4 of M1.plain.finetune was damaged")
              .hasMessageContaining("recycler skip");
        });
  }

  @Test
  void aCheckpointThatWasDamagedAndSavedAgainCountsAsItIsNow() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    FinetuneInput input = trainer.stoppable(start, rule(0.75));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Finetuned> first = threads.submit(() -> trainer.steps().finetune().run(input, QUIET));
      Path attempt = trainer.held();
      damageOnceSealed(attempt, 8);
      Future<Checkpoint> next =
          threads.submit(
              () -> trainer.steps().awaitCheckpoint().run(new CheckpointInput(input, 4), QUIET));
      Thread.sleep(2000);
      assertThat(next.isDone()).isFalse();
      ProcessHandle.of(SteppingTrainer.pid(attempt, "tool")).orElseThrow().destroyForcibly();
      assertThatThrownBy(first::get).hasCauseInstanceOf(StepFailed.class);
      Files.delete(trainer.place.resolve("held"));

      Checkpoint[] kept = new Checkpoint[1];
      whileTraining(trainer, input, () -> kept[0] = next.get());
      assertThat(kept[0].step()).isEqualTo(8);
      Path again = attempt.resolveSibling("attempt-2");
      assertThat(Path.of(kept[0].model().path(), "model.safetensors"))
          .hasSameBinaryContentAs(again.resolve("output/checkpoint-8/model.safetensors"));

      damageOnceSealed(again, 4);
      Finetuned stopped = trainer.steps().stop().run(new StopInput(input, kept[0], "good"), QUIET);
      assertThat(stopped.steps()).isEqualTo(8);
      assertThat(stopped.checkpoints()).isEmpty();
      assertThat(stopped.damaged()).containsExactly(4L);
    }
  }

  private static void damageOnceSealed(Path attempt, long step) throws Exception {
    for (int i = 0; i < 2400 && !Files.exists(attempt.resolve("seals/" + step)); i++) {
      Thread.sleep(25);
    }
    Path weights = attempt.resolve("output/checkpoint-" + step + "/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 2] ^= 1;
    Files.write(weights, bytes);
  }

  @Test
  void aLookIntoTheStoreFindsATrainingAndBeginsNone() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "");
    FinetuneInput plain = trainer.stoppable(start);
    assertThat(trainer.steps().finetune().find(plain, QUIET)).isEmpty();
    assertThat(trainer.store.resolve("work/finetune")).doesNotExist();

    Finetuned made = trainer.steps().finetune().run(plain, QUIET);
    Finetuned found = trainer.steps().finetune().find(plain, QUIET).orElseThrow();
    assertThat(found.model().path()).isEqualTo(made.model().path());
    assertThat(found.model().reused()).isTrue();
    assertThat(found.checkpoints()).hasSameSizeAs(made.checkpoints());
    assertThat(trainer.steps().finetune().find(trainer.stoppable(start, rule(0.9)), QUIET))
        .hasValueSatisfying(whole -> assertThat(whole.stopped()).isNull());

    Files.writeString(Path.of(made.model().path(), "model.safetensors"), "damaged");
    assertThat(trainer.steps().finetune().find(trainer.stoppable(start, rule(0.9)), QUIET))
        .isEmpty();
    assertThat(trainer.store.resolve("damaged")).isNotEmptyDirectory();
  }
}
