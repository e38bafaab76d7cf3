package dev.recycler.activities.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.process.LogReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLogTest {
  private static final Path RECORDED =
      Path.of(
          System.getProperty("recycler.checkout"),
          "activities/src/test/resources/dev/recycler/activities/training/trl-1.16.0.log");

  @TempDir Path folder;

  @Test
  void recordedOutputOfTrlTellsStepsLossAndRate() throws Exception {
    TrainingLog log = TrainingLog.ofBars();
    new LogReader(RECORDED).finish(log::accept);

    assertThat(log.step()).isEqualTo(20);
    assertThat(log.total()).isEqualTo(20);
    assertThat(log.loss()).isEqualTo(1.726);
    assertThat(log.learningRate()).isEqualTo(5e-5);
    assertThat(log.stepsPerSecond()).isEqualTo(15.72);
    assertThat(log.secondsLeft()).isZero();
    assertThat(log.notANumberAt()).isNull();
  }

  @Test
  void barsOfOtherWorkAreNotTakenForSteps() {
    TrainingLog log = TrainingLog.ofBars();
    log.accept("Loading weights: 100%|██████████| 20/20 [00:00<00:00, 23570.13it/s]");
    log.accept("Writing model shards: 100%|██████████| 1/1 [00:00<00:00, 216.61it/s]");
    assertThat(log.total()).isZero();

    log.accept(" 70%|███████   | 42/60 [01:40<00:43,  2.40s/it]");
    assertThat(log.step()).isEqualTo(42);
    assertThat(log.secondsLeft()).isBetween(43.1, 43.3);
  }

  @Test
  void aLossThatIsNoNumberIsSeenWithItsStep() {
    for (String value : List.of("'nan'", "nan", "inf", "'-inf'")) {
      TrainingLog log = TrainingLog.ofBars();
      log.accept(" 70%|███████   | 42/60 [01:40<00:43,  2.40s/it]");
      log.accept("{'loss': '1.5', 'grad_norm': 'nan', 'learning_rate': '0.1'}");
      assertThat(log.notANumberAt()).as("the gradient's norm is not the loss").isNull();
      log.accept("{'loss': " + value + ", 'learning_rate': '0.1'}");
      assertThat(log.notANumberAt()).as(value).isEqualTo(42);
    }
  }

  @Test
  void aGrowingLogIsReadInPiecesOfAnySize() throws Exception {
    byte[] all = Files.readAllBytes(RECORDED);
    List<String> whole = new ArrayList<>();
    new LogReader(RECORDED).finish(whole::add);
    for (int piece : List.of(1, 7, 1000)) {
      Path growing = folder.resolve("log-" + piece);
      List<String> lines = new ArrayList<>();
      LogReader reader = new LogReader(growing);
      reader.poll(lines::add);
      try (var out = Files.newOutputStream(growing)) {
        for (int at = 0; at < all.length; at += piece) {
          out.write(all, at, Math.min(piece, all.length - at));
          reader.poll(lines::add);
        }
      }
      reader.finish(lines::add);
      assertThat(lines).isEqualTo(whole);
    }
  }

  @Test
  void aLogLineOfOpenInstructTellsLossAndRate() {
    TrainingLog log = TrainingLog.ofBars();
    log.accept(
        "08/20/2026 22:05:01 - INFO - __main__ -   Step: 40, LR: 2.5e-06, Loss: 0.71, TPS: 9");
    assertThat(log.loss()).isEqualTo(0.71);
    assertThat(log.learningRate()).isEqualTo(2.5e-6);
    log.accept("  Step: 41, LR: 2.5e-06, Loss: nan, Aux Loss: 0.1, TPS: 9.5");
    assertThat(log.notANumberAt()).isNotNull();
  }

  @Test
  void aProgramOfTheUsersOwnIsReadByItsExpression() {
    TrainingLog log =
        TrainingLog.of(Pattern.compile("step=(?<step>[0-9]+)/(?<total>[0-9]+) loss=(?<loss>\\S+)"));
    log.accept("50%|##| 5/10 [00:01<00:01, 1.0it/s]");
    log.accept("step=7/100 loss=0.25");

    assertThat(log.step()).isEqualTo(7);
    assertThat(log.total()).isEqualTo(100);
    assertThat(log.loss()).isEqualTo(0.25);
    assertThat(log.learningRate()).isNull();
  }
}
