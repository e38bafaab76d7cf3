package dev.recycler.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.activities.hub.HubServer;
import dev.recycler.activities.hub.TinyCheckpoint;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Fingerprint;
import dev.recycler.activities.store.Lineage;
import dev.recycler.activities.store.Staging;
import dev.recycler.activities.store.StoredArtifact;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.PublishInput;
import dev.recycler.workflows.spec.PublishSpec;
import dev.recycler.workflows.spec.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model that a series publishes by itself. */
@Timeout(60)
class PublishStepTest {
  private static final StepMonitor QUIET =
      new StepMonitor() {
        @Override
        public void report(Heartbeat heartbeat) {}

        @Override
        public String execution() {
          return "run/1";
        }

        @Override
        public String host() {
          return "here";
        }
      };

  @TempDir private Path folder;
  private HubServer server;
  private Artifact model;

  @BeforeEach
  void start() throws IOException {
    server = new HubServer();
    Path path = TinyCheckpoint.write(folder.resolve("model"), 1, 1000);
    ArtifactStore store = ArtifactStore.open(folder.resolve("store"));
    try (Staging staging = store.stage(Fingerprint.of("finetune", Map.of("name", "M1")));
        Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.copy(file, staging.folder().resolve(file.getFileName()));
      }
      StoredArtifact made =
          store.publish(
              staging,
              new Lineage(
                  Map.of(),
                  List.of(),
                  List.of(),
                  Map.of(),
                  "here",
                  Instant.EPOCH,
                  Instant.EPOCH,
                  Map.of(),
                  null),
              () -> {});
      model = new Artifact(made.folder().toString(), made.digest(), null, false);
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Artifact publish(String to, String dtype) throws IOException, InterruptedException {
    PublishStep step =
        new PublishStep(
            Map.of(
                "HF_ENDPOINT", server.endpoint(),
                "HF_TOKEN", "hf_right",
                "HF_HOME", folder.resolve("hf").toString()),
            folder);
    return step.run(
        new PublishInput(
            new StepContext("toy", "M1.plain.publish", folder.resolve("store").toString()),
            model,
            to,
            new PublishSpec(to, List.of(Strategy.PLAIN), dtype, "apache-2.0", List.of(), false)),
        QUIET);
  }

  @Test
  void onAHubItIsThereOnceHoweverOftenTheStepIsRun() throws Exception {
    Artifact first = publish("hf://org/published", null);
    Artifact again = publish("hf://org/published", null);

    assertThat(first.path()).matches("hf://org/published@[0-9a-f]{40}");
    assertThat(first.reused()).isFalse();
    assertThat(again.path()).isEqualTo(first.path());
    assertThat(again.reused()).isTrue();
  }

  @Test
  void anotherModelThatIsThereIsNeverReplaced() throws Exception {
    server.commit("org/taken", TinyCheckpoint.files(2, 1000));

    StepFailed failure =
        catchThrowableOfType(StepFailed.class, () -> publish("hf://org/taken", null));
    assertThat(failure.kind()).isEqualTo(FailureKind.USER);
    assertThat(failure.lastWord()).isTrue();
  }

  @Test
  void inAFolderItIsThereOnceToo() throws Exception {
    String to = folder.resolve("out/M1").toString();
    assertThat(publish(to, null).reused()).isFalse();
    assertThat(Path.of(to)).isDirectoryContaining("glob:**/README.md");
    assertThat(publish(to, null).reused()).isTrue();

    // Another dtype is another publication, and nothing is overwritten.
    StepFailed failure = catchThrowableOfType(StepFailed.class, () -> publish(to, "bfloat16"));
    assertThat(failure).hasMessageContaining("exists already and is never overwritten");
    Files.createDirectories(folder.resolve("other"));
    Files.writeString(folder.resolve("other/mine"), "mine");
    assertThat(
            catchThrowableOfType(
                StepFailed.class, () -> publish(folder.resolve("other").toString(), null)))
        .hasMessageContaining("exists already");
  }
}
