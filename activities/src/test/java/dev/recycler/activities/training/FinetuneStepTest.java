package dev.recycler.activities.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.activities.process.Slots;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.Finetuned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinetuneStepTest {
  @TempDir Path folder;
  private StandInTrainer trainer;

  @BeforeEach
  void makeTrainer() throws IOException {
    trainer = new StandInTrainer(folder);
  }

  @Test
  void theArtifactIsTheModelWithItsCheckpointsAndLogs() throws Exception {
    Finetuned result = trainer.run(trainer.input(""));

    assertThat(result.steps()).isEqualTo(StandInTrainer.STEPS);
    assertThat(result.attempts()).isEqualTo(1);
    assertThat(result.checkpoints()).extracting(Checkpoint::step).containsExactly(2L, 4L);
    Path model = Path.of(result.model().path());
    assertThat(names(model))
        .containsExactlyInAnyOrder(
            "checkpoints", "config.json", "logs", "model.safetensors", "recycler.json");
    assertThat(names(Path.of(result.checkpoints().getFirst().model().path())))
        .containsExactlyInAnyOrder("config.json", "model.safetensors");
    assertThat(result.checkpoints().getFirst().model().digest())
        .as("the same weights have the same digest wherever they lie")
        .isEqualTo(result.model().digest());
    assertThat(model.resolve("logs/attempt-1.log")).content().contains("trained step 6");
    nothingIsLeftInTheStore();
    assertThat(trainer.beats).anyMatch(beat -> beat.attempt() == 1 && beat.log() != null);
  }

  @Test
  void whatIsInTheStoreIsNotTrainedAgain() throws Exception {
    Finetuned first = trainer.run(trainer.input(""));
    trainer.beats.clear();

    Finetuned second = trainer.run(trainer.input(""));

    assertThat(second.model().reused()).isTrue();
    assertThat(second.model().path()).isEqualTo(first.model().path());
    assertThat(second.checkpoints()).hasSameSizeAs(first.checkpoints());
    // It is read once more, to see that it still is what was published.
    assertThat(trainer.beats).extracting(Heartbeat::phase).containsOnly("reading the model");
    assertThat(trainer.starts()).isEqualTo(1);
    assertThat(trainer.run(trainer.input("", Map.of("max_steps", "7"))).model().path())
        .isNotEqualTo(first.model().path());
  }

  @Test
  void twoSeriesThatWaitForOneSlotTrainOnce() throws Exception {
    Slots.Lease held = trainer.slots.acquire(1, Slots.Priority.FINETUNE, _ -> true).orElseThrow();
    List<Finetuned> results = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger waiting = new AtomicInteger();
    List<Thread> series = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      AtomicBoolean waits = new AtomicBoolean();
      series.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      results.add(
                          trainer.run(
                              trainer.input(""),
                              beat -> {
                                if (beat.phase().startsWith("waiting") && !waits.getAndSet(true)) {
                                  waiting.incrementAndGet();
                                }
                              }));
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    for (int i = 0; i < 2400 && waiting.get() < 2; i++) {
      Thread.sleep(25);
    }
    assertThat(waiting).hasValue(2);

    held.close();
    for (Thread each : series) {
      each.join();
    }

    assertThat(results).hasSize(2).extracting(Finetuned::attempts).containsExactly(1, 1);
    assertThat(results.getFirst().model().path()).isEqualTo(results.getLast().model().path());
    assertThat(trainer.starts()).isEqualTo(1);
  }

  @Test
  void smallFilesThatAPowerFailureHasEmptiedDoNotStandInTheWay() throws Exception {
    assertThatThrownBy(() -> trainer.run(trainer.input("killed"))).isInstanceOf(StepFailed.class);
    Path works = trainer.store.resolve("work/finetune");
    Path attempt = works.resolve(names(works).getFirst()).resolve("attempt-1");
    for (String file : List.of("resumed-from", "log", "lease", "attended", "supervisor.log")) {
      assertThat(attempt.resolve(file)).exists();
      Files.write(attempt.resolve(file), new byte[0]);
    }

    Finetuned result = trainer.run(trainer.input("killed"));

    assertThat(result.attempts()).isEqualTo(2);
    assertThat(result.steps()).isEqualTo(StandInTrainer.STEPS);
  }

  @Test
  void anAttemptWhoseClaimerDiedAtOnceDoesNotStandInTheWay() throws Exception {
    assertThatThrownBy(() -> trainer.run(trainer.input("killed"))).isInstanceOf(StepFailed.class);
    Path works = trainer.store.resolve("work/finetune");
    Path run = works.resolve(names(works).getFirst());
    Files.createDirectories(run.resolve("attempt-2/output"));
    Files.createFile(run.resolve("attempt-2/lost"));

    Finetuned result = trainer.run(trainer.input("killed"));

    assertThat(result.attempts()).isEqualTo(2);
    assertThat(names(Path.of(result.model().path(), "logs")))
        .containsExactlyInAnyOrder("attempt-1.log", "attempt-3.log");
  }

  @ParameterizedTest
  @CsvSource({"killed,4,1", "torn,2,3", "torn-state,2,3"})
  void aRetryGoesOnFromTheLastWholeCheckpoint(String wrong, int from, int again) throws Exception {
    assertThatThrownBy(() -> trainer.run(trainer.input(wrong)))
        .isInstanceOfSatisfying(
            StepFailed.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.MACHINE))
        .hasMessageContaining("TRL was killed by SIGKILL");

    Finetuned result = trainer.run(trainer.input(wrong));

    assertThat(result.attempts()).isEqualTo(2);
    assertThat(result.steps()).isEqualTo(StandInTrainer.STEPS);
    assertThat(result.checkpoints()).extracting(Checkpoint::step).containsExactly(2L, 4L);
    Path logs = Path.of(result.model().path(), "logs");
    assertThat(logs.resolve("attempt-1.log")).content().contains("trained step 5");
    assertThat(logs.resolve("attempt-2.log"))
        .content()
        .doesNotContain("trained step " + from + "\n")
        .contains("trained step " + (from + 1) + "\n");
    assertThat(Path.of(result.model().path(), "recycler.json"))
        .content()
        .contains("\"stepsTrainedAgain\" : " + again)
        .containsPattern("\"secondsWasted\" : 0\\.0*[1-9]|\"secondsWasted\" : [1-9]")
        .contains("\"gpus\" : 1");
    nothingIsLeftInTheStore();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "usage|USER|it does not take these arguments — sft.py: error: argument --max_steps",
        "module|USER|a Python package is missing or does not fit in its environment —"
            + " ModuleNotFoundError",
        "data|USER|was not found — FileNotFoundError: Couldn't find any data file at /nowhere",
        "hub|USER|the hub refused",
        "gpu-memory|MACHINE|out of GPU memory",
        "disk|MACHINE|no space left on disk",
        "hardware|MACHINE|the GPUs or their connections failed",
        "unknown|TOOL|TRL ended with exit code 1: ValueError: key",
        "nan|USER|the loss stopped being a finite number about step 3 of 6",
        "nothing|TOOL|ended with exit code 0 and left no whole model",
        "cut|TOOL|ended with exit code 0 and left no whole model",
        "short|TOOL|ended with exit code 0 after 5 of 6 steps",
      })
  void aFailureIsNamedForWhatItIs(String wrong, FailureKind kind, String words) {
    StepFailed failure =
        catchThrowableOfType(StepFailed.class, () -> trainer.run(trainer.input(wrong)));

    assertThat(failure).hasMessageContaining(words);
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.getMessage()).contains("log: " + trainer.store).doesNotContain("\n");
  }

  @Test
  void pickleWeightsAreRefusedWithTheFlagThatHelps() {
    assertThatThrownBy(() -> trainer.run(trainer.input("pickle")))
        .isInstanceOfSatisfying(
            StepFailed.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.USER))
        .hasMessageContaining("write save_safetensors: true under finetune.arguments");
  }

  @Test
  void cancellingEndsTheTrainer() throws Exception {
    StepInterrupted cancelled =
        catchThrowableOfType(
            StepInterrupted.class,
            () ->
                trainer.run(
                    trainer.input("hang"),
                    beat -> {
                      if (beat.done() == 3) {
                        throw new StepInterrupted(StepInterrupted.Reason.CANCELLED, null);
                      }
                    }));

    assertThat(cancelled).isNotNull();
    // The supervisor itself goes a moment after it has recorded the end.
    for (int i = 0; i < 400 && runningTools() > 0; i++) {
      Thread.sleep(25);
    }
    assertThat(runningTools()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"output_dir", "output-dir", "resume_from_checkpoint", "model_name", "disable_tqdm"})
  void argumentsOfTheOrchestratorAreRefused(String flag) {
    assertThatThrownBy(() -> trainer.run(trainer.input("", Map.of(flag, "x"))))
        .isInstanceOf(StepFailed.class)
        .hasMessage("finetune.arguments: " + flag + " is set by recycler itself; leave it out");
  }

  @Test
  void flagsKeepTheirOrderAndABareOneHasNoValue() throws Exception {
    Map<String, String> arguments = new java.util.LinkedHashMap<>();
    arguments.put("seed", "1");
    arguments.put("use_cpu", "");
    arguments.put("bf16", "false");
    Trainer.Launch launch =
        new Trainer.Launch(
            trainer.input("", arguments).finetune(),
            Path.of("/m"),
            Path.of("/o"),
            java.util.Optional.of(Path.of("/o/checkpoint-4")));

    assertThat(new TrlTrainer(Path.of("/venv/bin/python"), TrlTrainer.SFT).command(launch))
        .isEqualTo(
            List.of(
                ("/venv/bin/python -m trl.scripts.sft --model_name_or_path /m --dataset_name"
                        + " /data/train --output_dir /o --resume_from_checkpoint /o/checkpoint-4"
                        + " --logging_steps 5 --report_to none --seed 1 --use_cpu --bf16 false")
                    .split(" ")));
  }

  private static long runningTools() {
    return ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).count();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  private void nothingIsLeftInTheStore() throws Exception {
    Path root = ArtifactStore.open(trainer.store).root();
    assertThat(names(root.resolve("work/finetune"))).isEmpty();
    // Moved aside, it is deleted in its own time.
    for (int i = 0; i < 400 && !names(root.resolve("staging")).isEmpty(); i++) {
      Thread.sleep(25);
    }
    assertThat(names(root.resolve("staging"))).isEmpty();
  }
}
