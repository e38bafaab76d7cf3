package dev.recycler.activities.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HubUploadTest {
  private static final HubModel TARGET = HubModel.parse("hf://me/out");
  private static final HubUpload.Options PLAIN = new HubUpload.Options(false, false, "Publish");
  private static final HubUpload.Options REPLACE = new HubUpload.Options(false, true, "Replace");

  @TempDir private Path folder;
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private HubServer server;

  @BeforeEach
  void start() throws IOException {
    server = new HubServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HubUpload upload(Optional<String> token) {
    return new HubUpload(
        new HubSettings(
            HttpUrl.get(server.endpoint() + "/"), folder, token.map(HubToken::new), false, 3),
        Backoff.USUAL,
        pauses::add);
  }

  private HubUpload.Published publish(int seed, HubUpload.Options options)
      throws IOException, InterruptedException {
    return upload(Optional.of("hf_right"))
        .publish(TARGET, contents(seed), options, (doing, done, total, perSecond) -> {});
  }

  /** A large file in several parts, one in a single piece, and two small ones. */
  private List<HubContent> contents(int seed) throws IOException {
    Path model = TinyCheckpoint.write(folder.resolve("model-" + seed), seed, 1000);
    List<HubContent> files = new ArrayList<>();
    files.add(new HubContent.Text("README.md", "# seed " + seed));
    files.add(new HubContent.Text("tokenizer.model", "sentencepiece " + seed));
    for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      files.add(new HubContent.InFile(name, model.resolve(name)));
    }
    return files;
  }

  private SortedMap<String, byte[]> onHub() {
    return server.repositories.all.get("me/out").files("main");
  }

  private HubException refused(int seed, HubUpload.Options options) {
    return catchThrowableOfType(HubException.class, () -> publish(seed, options));
  }

  @Test
  void aModelIsMadeAndHoldsEverythingInOneCommit() throws Exception {
    HubUpload.Published published = publish(1, PLAIN);

    assertThat(published.changed()).isTrue();
    assertThat(published.commit())
        .isEqualTo(server.repositories.all.get("me/out").revisions.get("main"));
    assertThat(onHub().keySet())
        .containsExactly(
            ".gitattributes",
            "README.md",
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer.model");
    assertThat(onHub().get("model.safetensors"))
        .isEqualTo(TinyCheckpoint.files(1, 1000).get("model.safetensors"));
    assertThat(onHub().get("README.md")).isEqualTo("# seed 1".getBytes(StandardCharsets.UTF_8));
    assertThat(server.tokensSeenByStorage()).isEmpty();
    assertThat(server.count(s -> s.storage() && s.path().matches("/upload/\\w+/\\d"))).isEqualTo(5);
  }

  @Test
  void publishingTheSameAgainDoesNothing() throws Exception {
    String commit = publish(1, PLAIN).commit();

    HubUpload.Published again = publish(1, PLAIN);

    assertThat(again.changed()).isFalse();
    assertThat(again.commit()).isEqualTo(commit);
    assertThat(server.count(s -> s.path().contains("/commit/"))).isEqualTo(1);
  }

  @Test
  void anUploadThatWasCutGoesOnWithWhatIsMissing() throws Exception {
    for (int i = 0; i < Backoff.USUAL.mostTries(); i++) {
      server.failOnce(s -> s.path().contains("/commit/"), 503, Map.of());
    }
    assertThat(refused(1, PLAIN)).hasMessageContaining("answers 503");
    assertThat(onHub().keySet()).containsExactly(".gitattributes");
    server.seen.clear();

    publish(1, PLAIN);

    assertThat(server.count(HubServer.Seen::storage)).isZero();
    assertThat(onHub()).containsKey("model.safetensors");
  }

  @Test
  void aPartThatFailsIsSentAgain() throws Exception {
    server.failOnce(s -> s.path().endsWith("/3"), 500, Map.of());
    server.failOnce(s -> s.path().endsWith("/1"), 503, Map.of("Retry-After", "9"));

    publish(1, PLAIN);

    assertThat(pauses).contains(Duration.ofSeconds(9)).hasSize(2);
    assertThat(onHub().get("model.safetensors"))
        .isEqualTo(TinyCheckpoint.files(1, 1000).get("model.safetensors"));
  }

  @Test
  void anotherModelThatIsThereIsNotReplacedUnasked() throws Exception {
    publish(1, PLAIN);

    HubException refused = refused(2, PLAIN);

    assertThat(refused)
        .hasMessageContaining("holds another")
        .hasMessageContaining("replace it with --replace");
    assertThat(server.count(s -> s.path().contains("/commit/"))).isEqualTo(1);
    publish(2, REPLACE);
    assertThat(onHub().get("model.safetensors"))
        .isEqualTo(TinyCheckpoint.files(2, 1000).get("model.safetensors"));
  }

  @Test
  void weightsOfTheReplacedModelDoNotStay() throws Exception {
    server.repositories.commit(
        "me/out",
        Map.of(
            "model-00001-of-00002.safetensors", new byte[8],
            "model.safetensors.index.json", new byte[2]));

    assertThat(refused(1, PLAIN)).hasMessageContaining("model-00001-of-00002.safetensors");
    publish(1, REPLACE);

    assertThat(onHub().keySet())
        .doesNotContain("model-00001-of-00002.safetensors", "model.safetensors.index.json");
  }

  @Test
  void aCommitOfAnotherMeanwhileIsNotBuiltOver() throws Exception {
    server.repositories.commit("me/out", Map.of(".gitattributes", new byte[1]));
    // While the contents go up, somebody else commits.
    server.beforeStorage =
        () -> {
          server.beforeStorage = () -> {};
          server.repositories.commit("me/out", Map.of("config.json", new byte[3]));
        };

    assertThat(refused(1, PLAIN))
        .hasMessageContaining("somebody else has committed to hf://me/out@main");
    assertThat(onHub().keySet()).containsExactly("config.json");
  }

  @Test
  void withoutATokenItIsSaidWhichOneIsNeeded() throws Exception {
    HubUpload upload = upload(Optional.empty());
    List<HubContent> files = contents(1);

    assertThat(
            catchThrowableOfType(
                HubException.class, () -> upload.publish(TARGET, files, PLAIN, (d, n, t, s) -> {})))
        .hasMessage("publishing needs a token; set HF_TOKEN to one that may write to me/out");
    assertThat(server.seen).isEmpty();
  }
}
