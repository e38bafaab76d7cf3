package dev.recycler.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.store.FindOrMake.Found;
import dev.recycler.activities.store.FindOrMake.Making;
import dev.recycler.activities.store.FindOrMake.Wanted;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.StepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindOrMakeTest {
  private static final Fingerprint FINGERPRINT = Fingerprint.of("finetune", Map.of("of", "M1"));

  @TempDir Path root;
  private final FindOrMake steps = new FindOrMake();

  @Test
  void whatIsThereIsNotMadeAgain() throws Exception {
    Found made = steps.findOrMake(wanted(), () -> {}, FindOrMakeTest::publish);
    Found found = steps.findOrMake(wanted(), () -> {}, _ -> fail());

    assertThat(made.reused()).isFalse();
    assertThat(found.reused()).isTrue();
    assertThat(found.artifact().folder()).isEqualTo(made.artifact().folder());
    assertThat(root.resolve("series/s/M1.plain.finetune").toRealPath())
        .isEqualTo(made.artifact().folder().toRealPath());
  }

  @Test
  void whatSomebodyElsePublishesWhileThisWaitsIsNotMadeAgain() throws Exception {
    Found found =
        steps.findOrMake(
            wanted(),
            () -> {},
            making -> {
              making.requireMissing();
              publish(making);
              making.requireMissing();
              return fail();
            });

    assertThat(found.reused()).isTrue();
  }

  @Test
  void aFailureUnderSomebodyElsesHandsIsNone() throws Exception {
    for (Exception failure :
        List.of(
            new IOException("the work folder is gone"),
            new StepFailed(FailureKind.MACHINE, "the tool was lost"))) {
      Found found =
          new FindOrMake()
              .findOrMake(
                  wanted(),
                  () -> {},
                  making -> {
                    publish(making);
                    if (failure instanceof IOException io) {
                      throw io;
                    }
                    throw (StepFailed) failure;
                  });
      assertThat(found.artifact().fingerprint()).isEqualTo(FINGERPRINT);
    }
  }

  @Test
  void aFailureOfOnesOwnIsOne() {
    StepFailed failure = new StepFailed(FailureKind.TOOL, "it crashed");
    assertThatThrownBy(
            () ->
                steps.findOrMake(
                    wanted(),
                    () -> {},
                    _ -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void theWorkFolderIsOutOfTheWayWhenTheStepIsDone() throws Exception {
    ArtifactStore store = ArtifactStore.open(root);
    Path work = store.work(FINGERPRINT);
    Files.writeString(Files.createDirectories(work.resolve("attempt-1")).resolve("state"), "large");

    steps.findOrMake(wanted(), () -> {}, FindOrMakeTest::publish);

    assertThat(work).doesNotExist();
    for (int i = 0; i < 400 && !isEmpty(root.resolve("staging")); i++) {
      Thread.sleep(25);
    }
    assertThat(root.resolve("staging")).isEmptyDirectory();
  }

  @Test
  void whatAKilledWorkerLeftIsSweptOnceAWorker() throws Exception {
    ArtifactStore.open(root);
    Path left = Files.createDirectories(root.resolve("staging/merge-left"));
    steps.findOrMake(wanted(), () -> {}, FindOrMakeTest::publish);
    assertThat(left).doesNotExist();

    Files.createDirectories(left);
    steps.findOrMake(wanted(), () -> {}, _ -> fail());
    assertThat(left).exists();
    new FindOrMake().findOrMake(wanted(), () -> {}, _ -> fail());
    assertThat(left).doesNotExist();
  }

  private Wanted wanted() {
    return new Wanted(
        new StepContext("s", "M1.plain.finetune", root.toString()),
        FINGERPRINT,
        List.of(new Artifact("/store/m1", "digest", "fingerprint", false)));
  }

  private static StoredArtifact publish(Making making) throws IOException {
    try (Staging staging = making.store().stage(making.fingerprint())) {
      Files.writeString(staging.folder().resolve("config.json"), "{}");
      Instant now = Instant.now();
      return making
          .store()
          .publish(
              staging,
              new Lineage(
                  Map.of(), List.of(), List.of(), Map.of(), "here", now, now, Map.of(), null),
              () -> {});
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }

  private static StoredArtifact fail() {
    throw new AssertionError("made again");
  }
}
