package dev.recycler.cli.drill.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.hub.Hub;
import dev.recycler.activities.hub.HubRevision;
import dev.recycler.activities.hub.HubSettings;
import dev.recycler.cli.drill.hub.DrillHub.Misdeed;
import dev.recycler.cli.drill.tool.TinyModel;
import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The product's own hub client fetches from the drill's hub, and sees through its misdeeds. */
class DrillHubTest {
  @TempDir Path folder;

  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private DrillHub hub;
  private Path home;

  @BeforeEach
  void open() throws IOException {
    hub = new DrillHub(told::add);
    home = folder;
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void whatIsPublishedIsFoundAndFetched() throws Exception {
    hub.publish("step-00001", files(1.5f));
    hub.publish("step-00002", files(2.5f));
    List<HubRevision> revisions = client().revisions(new HubModel(DrillHub.REPOSITORY, "main"));
    assertThat(revisions).extracting(HubRevision::name).contains("step-00001", "step-00002");
    assertThat(fetch("step-00002").tensors().get("w")).containsExactly(2.5f, 2.5f, 2.5f);
    assertThat(hub.looks()).isEqualTo(1);
  }

  @Test
  void anAnswerThatIsCutOffIsGoneOnFrom() throws Exception {
    hub.publish("step-00001", files(1.5f));
    hub.misbehave(Misdeed.CUT);
    assertThat(fetch("step-00001").tensors().get("w")).containsExactly(1.5f, 1.5f, 1.5f);
    assertThat(told).containsExactly("the hub ends an answer in its middle");
  }

  @Test
  void bytesOfAnotherDigestAreNotTaken() throws Exception {
    hub.publish("step-00001", files(1.5f));
    for (Misdeed misdeed : List.of(Misdeed.LIE, Misdeed.MISLIST)) {
      home = Files.createDirectories(folder.resolve(misdeed.name()));
      hub.misbehave(misdeed);
      assertThatThrownBy(() -> fetch("step-00001")).hasMessageContaining("arrived with the digest");
      // The next try finds a hub that says the truth.
      assertThat(fetch("step-00001").tensors().get("w")).containsExactly(1.5f, 1.5f, 1.5f);
    }
    assertThat(told).hasSize(2);
  }

  private TinyModel fetch(String revision) throws IOException, InterruptedException {
    return TinyModel.read(
        client().fetch(new HubModel(DrillHub.REPOSITORY, revision), (_, _, _, _) -> {}).folder());
  }

  private Hub client() throws IOException {
    return new Hub(HubSettings.of(Map.of("HF_ENDPOINT", hub.endpoint()), home));
  }

  private Map<String, byte[]> files(float value) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model-" + value));
    new TinyModel(new TreeMap<>(Map.of("w", new float[] {value, value, value})), "{}").write(model);
    Map<String, byte[]> files = new HashMap<>();
    try (Stream<Path> entries = Files.list(model)) {
      for (Path file : entries.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }
}
