package dev.recycler.activities.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.Finetuned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A fine-tuning under which real processes are killed: it ends with the bytes of an undisturbed
 * one, and nothing of it is left.
 */
@Timeout(600)
class TrainingFaultsTest {
  @TempDir Path folder;
  private static byte[] undisturbed;

  @BeforeAll
  static void trainUndisturbed(@TempDir Path apart) throws Exception {
    Finetuned result = new SteppingTrainer(apart, "").retried();
    undisturbed = weights(result);
  }

  @Test
  void aKilledWorkerIsReplacedAndNoStepIsTrainedTwice() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "6");
    Process worker = trainer.worker();
    Path attempt = trainer.held();
    long tool = SteppingTrainer.pid(attempt, "tool");
    worker.destroyForcibly().waitFor();
    assertThat(alive(tool)).isTrue();

    trainer.letGo();
    Finetuned result = trainer.retried();

    assertThat(result.attempts()).isEqualTo(1);
    assertThat(steps(result, 1)).isEqualTo(upTo(1, 12));
    sameBytesAndNothingLeft(result, trainer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"supervisor", "tool"})
  void whatDiesBesideTheWorkerGoesOnFromTheLastCheckpoint(String victim) throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "6");
    Process worker = trainer.worker();
    Path attempt = trainer.held();
    SteppingTrainer.pid(attempt, "tool");

    kill("KILL", SteppingTrainer.pid(attempt, victim));

    assertThat(worker.waitFor()).isZero();
    Finetuned result = trainer.retried();
    assertThat(result.attempts()).isEqualTo(2);
    assertThat(steps(result, 1)).isEqualTo(upTo(1, 6));
    assertThat(steps(result, 2)).isEqualTo(upTo(5, 12));
    sameBytesAndNothingLeft(result, trainer);
  }

  @Test
  void aKilledGrandchildIsTheTrainersAffair() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "6");
    Process worker = trainer.worker();
    Path attempt = trainer.held();

    kill("KILL", Long.parseLong(Files.readString(attempt.resolve("grandchild")).strip()));
    trainer.letGo();

    assertThat(worker.waitFor()).isZero();
    Finetuned result = trainer.retried();
    assertThat(result.attempts()).isEqualTo(1);
    sameBytesAndNothingLeft(result, trainer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "6", "half-8", "half-final"})
  void afterARebootItGoesOnFromTheLastWholeCheckpoint(String moment) throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), moment);
    Process worker = trainer.worker();
    Path attempt = trainer.held();
    long tool = SteppingTrainer.pid(attempt, "tool");
    // The supervisor goes before the tool, whose end it would record.
    worker.destroyForcibly().waitFor();
    kill("KILL", SteppingTrainer.pid(attempt, "supervisor"));
    kill("KILL", tool);
    kill("KILL", Long.parseLong(Files.readString(attempt.resolve("grandchild")).strip()));
    anotherBoot(attempt);
    anotherBoot(trainer.place.resolve("devices"));

    Finetuned result = trainer.impatient().retried();

    assertThat(result.attempts()).isEqualTo(2);
    int from = moment.equals("start") ? 0 : moment.equals("half-final") ? 8 : 4;
    assertThat(steps(result, 2)).isEqualTo(upTo(from + 1, 12));
    sameBytesAndNothingLeft(result, trainer);
  }

  @Test
  void aSupervisorThatSleepsPastItsLeaseIsFencedAndTheOutputIsOneRuns() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "6");
    Process worker = trainer.worker();
    Path attempt = trainer.held();
    long tool = SteppingTrainer.pid(attempt, "tool");
    long supervisor = SteppingTrainer.pid(attempt, "supervisor");
    kill("STOP", worker.pid());
    kill("STOP", supervisor);
    // A worker of another host takes over: it cannot see these processes, and has other devices.
    anotherBoot(attempt);
    anotherBoot(trainer.place.resolve("devices"));

    Finetuned result = trainer.impatient().retried();
    assertThat(result.attempts()).isEqualTo(2);
    assertThat(alive(tool)).as("it is out of the second worker's reach").isTrue();
    kill("CONT", supervisor);
    kill("CONT", worker.pid());

    assertThat(worker.waitFor()).isZero();
    assertThat(trainer.place.resolve("result")).hasContent(result.model().path());
    eventually(() -> !alive(tool) && !alive(supervisor));
    sameBytesAndNothingLeft(result, trainer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "trainer_state.json"})
  void aTruncatedNewestCheckpointIsSetAside(String file) throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    Process worker = trainer.worker();
    Path attempt = trainer.held();
    Path torn = attempt.resolve("output/checkpoint-8").resolve(file);
    Files.write(torn, Files.readString(torn).substring(0, 10).getBytes(StandardCharsets.UTF_8));

    kill("KILL", SteppingTrainer.pid(attempt, "tool"));

    assertThat(worker.waitFor()).isZero();
    Finetuned result = trainer.retried();
    assertThat(steps(result, 2)).isEqualTo(upTo(5, 12));
    sameBytesAndNothingLeft(result, trainer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "state"})
  void aCheckpointWithOtherBytesThanItWasSavedWithIsSetAside(String file) throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    Process worker = trainer.worker();
    Path attempt = trainer.held();
    eventually(() -> Files.exists(attempt.resolve("seals/8")));
    Path damaged = attempt.resolve("output/checkpoint-8").resolve(file);
    byte[] bytes = Files.readAllBytes(damaged);
    // Of the same length, and as readable as before.
    bytes[bytes.length - 2] ^= 1;
    Files.write(damaged, bytes);

    kill("KILL", SteppingTrainer.pid(attempt, "tool"));

    assertThat(worker.waitFor()).isZero();
    Finetuned result = trainer.retried();
    assertThat(steps(result, 2)).isEqualTo(upTo(5, 12));
    sameBytesAndNothingLeft(result, trainer);
  }

  @Test
  void anEarlierCheckpointThatIsLostIsToldOf() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "10");
    Process worker = trainer.worker();
    Path attempt = trainer.held();
    eventually(() -> Files.exists(attempt.resolve("seals/4")));
    Files.writeString(attempt.resolve("output/checkpoint-4/model.safetensors"), "cut");

    kill("KILL", SteppingTrainer.pid(attempt, "tool"));

    assertThat(worker.waitFor()).isZero();
    Finetuned result = trainer.retried();
    assertThat(steps(result, 2)).isEqualTo(upTo(9, 12));
    assertThat(result.damaged()).containsExactly(4L);
    assertThat(result.checkpoints()).extracting(Checkpoint::step).containsExactly(8L);
  }

  @Test
  void aDiskThatFillsUpDuringACheckpointCostsTheStepsSinceTheLastOne() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()),
        "skipped: this user may not mount a small tmpfs");
    try {
      SteppingTrainer trainer =
          new SteppingTrainer(folder.resolve("run"), disk.resolve("store"), "", "1200000");
      Path filler = Files.write(disk.resolve("filler"), new byte[2_200_000]);
      assertThatThrownBy(() -> trainer.run(_ -> {}))
          .isInstanceOfSatisfying(
              StepFailed.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.MACHINE))
          .hasMessageContaining("no space left on disk");
      Files.delete(filler);

      Finetuned result = trainer.retried();

      assertThat(steps(result, 2)).isEqualTo(upTo(5, 12));
      sameBytesAndNothingLeft(result, trainer);
    } finally {
      assertThat(run("umount", "-l", disk.toString())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "6", "half-8", "half-final"})
  void aCancelledOneLeavesNothingRunningAndCanBeGoneOnWith(String moment) throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), moment);

    assertThatThrownBy(
            () ->
                trainer.run(
                    _ -> {
                      if (Files.exists(trainer.place.resolve("held"))) {
                        throw new StepInterrupted(StepInterrupted.Reason.CANCELLED, null);
                      }
                    }))
        .isInstanceOf(StepInterrupted.class);
    nothingRuns(trainer);

    Finetuned result = trainer.retried();
    assertThat(result.attempts()).isEqualTo(2);
    sameBytesAndNothingLeft(result, trainer);
  }

  @Test
  void aCancelledOneIsEndedAlsoWhenTheWorkerIsKilledMeanwhile() throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(folder.resolve("run"), "6");
    Process worker = trainer.cancelling();
    Path attempt = trainer.held();
    SteppingTrainer.pid(attempt, "tool");
    Files.createFile(trainer.place.resolve("cancel"));
    // The tool does not end on SIGTERM, so its grace is when the worker dies.
    eventually(() -> Files.exists(attempt.resolve("stop")));
    worker.destroyForcibly().waitFor();

    nothingRuns(trainer);

    Finetuned result = trainer.retried();
    assertThat(result.attempts()).isEqualTo(2);
    assertThat(steps(result, 2)).isEqualTo(upTo(5, 12));
    sameBytesAndNothingLeft(result, trainer);
  }

  private void sameBytesAndNothingLeft(Finetuned result, SteppingTrainer trainer) throws Exception {
    assertThat(weights(result)).isEqualTo(undisturbed);
    nothingRuns(trainer);
    for (String part : List.of("work/finetune", "staging")) {
      eventually(() -> isEmpty(trainer.store.resolve(part)));
    }
    try (Stream<Path> records = Files.list(trainer.place.resolve("devices"))) {
      assertThat(records).extracting(Path::getFileName).containsExactly(Path.of("lock"));
    }
  }

  /** No process has a file of the run open, is at home in it, or carries its mark. */
  private static void nothingRuns(SteppingTrainer trainer) throws Exception {
    eventually(() -> Remains.of(trainer.place).isEmpty() && Remains.of(trainer.store).isEmpty());
  }

  private static void anotherBoot(Path records) throws IOException {
    try (Stream<Path> files = Files.list(records)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file);
        if (text.contains(".place=")) {
          Files.writeString(
              file,
              text.replaceAll("\\.place=\\S+", ".place=another-boot")
                  .replaceAll("(?m)^token=.*", "token=unreachable"));
        }
      }
    }
  }

  private static List<Integer> steps(Finetuned result, int attempt) throws IOException {
    Path log = Path.of(result.model().path(), "logs", "attempt-" + attempt + ".log");
    List<Integer> steps = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      if (line.startsWith("trained step ")) {
        steps.add(Integer.valueOf(line.substring("trained step ".length())));
      }
    }
    return steps;
  }

  private static List<Integer> upTo(int first, int last) {
    return IntStream.rangeClosed(first, last).boxed().toList();
  }

  private static byte[] weights(Finetuned result) throws IOException {
    return Files.readAllBytes(Path.of(result.model().path(), "model.safetensors"));
  }

  private static boolean isEmpty(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
        && !Remains.isZombie(pid);
  }

  private static void kill(String signal, long pid) throws Exception {
    run("kill", "-" + signal, Long.toString(pid));
    if (signal.equals("KILL")) {
      eventually(() -> !alive(pid));
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  private static void eventually(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 2400; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.sleep(25);
    }
    throw new AssertionError("what was waited for did not happen");
  }
}
