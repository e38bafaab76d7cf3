package dev.recycler.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.activities.hub.HubServer;
import dev.recycler.activities.hub.TinyCheckpoint;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FetchStepTest {
  private static final String MODEL = "hf://org/tiny@main";

  @TempDir private Path folder;
  private final List<Heartbeat> beats = new CopyOnWriteArrayList<>();
  private HubServer server;

  @BeforeEach
  void start() throws IOException {
    server = new HubServer();
    server.commit("org/tiny", TinyCheckpoint.files(1, 1000));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Artifact fetch(String series, String model) throws IOException, InterruptedException {
    FetchStep step =
        new FetchStep(
            Map.of(
                "HF_ENDPOINT", server.endpoint(),
                "HF_TOKEN", "hf_right",
                "HF_HOME", folder.resolve("hf").toString()),
            folder);
    StepMonitor monitor =
        new StepMonitor() {
          @Override
          public void report(Heartbeat heartbeat) {
            beats.add(heartbeat);
          }

          @Override
          public String execution() {
            return "run/1";
          }

          @Override
          public String host() {
            return "here";
          }
        };
    StepContext context = new StepContext(series, "M1.fetch", folder.resolve("store").toString());
    return step.run(new Steps.FetchInput(context, model), monitor);
  }

  @Test
  void aReleaseOnAHubIsFetchedAndItsPathTellsTheCommit() throws Exception {
    String commit = server.commit("org/tiny", TinyCheckpoint.files(2, 1000));

    Artifact fetched = fetch("toy", MODEL);

    assertThat(Path.of(fetched.path()))
        .isEqualTo(folder.resolve("hf/hub/models--org--tiny/snapshots").resolve(commit));
    assertThat(folder.resolve("store/series/toy/M1.fetch").toRealPath())
        .isEqualTo(Path.of(fetched.path()).toRealPath());
    assertThat(beats).extracting(Heartbeat::step).containsOnly("M1.fetch");
  }

  @Test
  void theSameModelFromAFolderHasTheSameDigest() throws Exception {
    Path local = TinyCheckpoint.write(folder.resolve("local"), 1, 1000);

    assertThat(fetch("toy", MODEL).digest()).isEqualTo(fetch("toy", local.toString()).digest());
  }

  @Test
  void aBranchThatMovesDoesNotMoveASeries() throws Exception {
    Artifact first = fetch("toy", MODEL);
    server.commit("org/tiny", TinyCheckpoint.files(2, 1000));

    assertThat(fetch("toy", MODEL)).isEqualTo(first);
    assertThat(fetch("other", MODEL).digest()).isNotEqualTo(first.digest());
  }

  @Test
  void filesThatOthersFetchIntoTheSameSnapshotDoNotChangeTheModel() throws Exception {
    Artifact first = fetch("toy", MODEL);
    Files.writeString(Path.of(first.path()).resolve("README.md"), "# tiny");
    Files.writeString(Path.of(first.path()).resolve("pytorch_model.bin"), "pickle");

    assertThat(fetch("toy", MODEL).digest()).isEqualTo(first.digest());
  }

  @Test
  void damageInTheCacheIsFoundOut() throws Exception {
    Path weights = Path.of(fetch("toy", MODEL).path()).resolve("model.safetensors").toRealPath();
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    StepFailed failed = catchThrowableOfType(StepFailed.class, () -> fetch("toy", MODEL));

    assertThat(failed).hasMessageContaining("is not what the hub lists it as");
    assertThat(failed.kind()).isEqualTo(FailureKind.USER);
  }

  @Test
  void whatTheHubRefusesIsTheUsersMistake() {
    StepFailed failed =
        catchThrowableOfType(StepFailed.class, () -> fetch("toy", "hf://org/nowhere@main"));

    assertThat(failed.kind()).isEqualTo(FailureKind.USER);
    assertThat(failed).hasMessageContaining("there is no model org/nowhere");
  }
}
