package dev.recycler.activities.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cache is one with huggingface_hub's and transformers': each reads what the other fetched.
 * Runs with the locked Python environment, where that is installed.
 */
@Timeout(600)
class HubWithPythonTest {
  private static final HubModel MODEL = HubModel.parse("hf://org/tiny");

  @TempDir private Path folder;
  private HubServer server;
  private Path python;

  @BeforeEach
  void start() throws IOException {
    Optional<Path> found = python();
    assumeTrue(found.isPresent(), "the locked Python environment is not installed");
    python = found.get();
    server = new HubServer();
    Map<String, byte[]> files = new TreeMap<>(TinyCheckpoint.files(1, 1000));
    files.put("pytorch_model.bin", "pickle".getBytes(StandardCharsets.UTF_8));
    server.repositories.commit("org/tiny", files);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Optional<Path> python() throws IOException {
    String home = System.getenv().getOrDefault("HOME", "/");
    String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", home + "/.cache");
    Path recycler = Path.of(cache, "recycler");
    if (!Files.isDirectory(recycler)) {
      return Optional.empty();
    }
    try (Stream<Path> environments = Files.list(recycler)) {
      return environments
          .filter(path -> Files.exists(path.resolve("COMPLETE")))
          .map(path -> path.resolve("tools/bin/python"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  private Hub.Fetched fetch() throws IOException, InterruptedException {
    return new Hub(
            new HubSettings(
                HttpUrl.get(server.endpoint() + "/"),
                folder.resolve("hf/hub"),
                Optional.of(new HubToken("hf_right")),
                false,
                3))
        .fetch(MODEL, (doing, done, total, perSecond) -> {});
  }

  private String python(boolean offline, String program) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(python.toString(), "-I", "-c", program);
    builder.redirectErrorStream(true);
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> name.startsWith("HF_"));
    variables.put("HF_HOME", folder.resolve("hf").toString());
    variables.put("HF_ENDPOINT", server.endpoint());
    variables.put("HF_TOKEN", "hf_right");
    variables.put("HF_HUB_DISABLE_PROGRESS_BARS", "1");
    variables.put("HF_HUB_DISABLE_XET", "1");
    variables.put("HF_HUB_DISABLE_TELEMETRY", "1");
    if (offline) {
      variables.put("HF_HUB_OFFLINE", "1");
    }
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void transformersReadsWhatWasFetchedOffline() throws Exception {
    Hub.Fetched fetched = fetch();
    server.seen.clear();

    String said =
        python(
            true,
            """
            from huggingface_hub import hf_hub_download, scan_cache_dir
            from safetensors import safe_open
            from transformers import AutoConfig
            print("CONFIG", AutoConfig.from_pretrained("org/tiny").model_type)
            path = hf_hub_download("org/tiny", "model.safetensors")
            print("PATH", path)
            with safe_open(path, "np") as file:
                print("SHAPE", file.get_tensor("w").shape)
            found = scan_cache_dir()
            print("WARNINGS", len(found.warnings), "REVISIONS", [
                (sorted(r.refs), r.commit_hash) for repo in found.repos for r in repo.revisions])
            """);

    assertThat(said)
        .contains("CONFIG llama")
        .contains("PATH " + fetched.folder().resolve("model.safetensors"))
        .contains("SHAPE (1000,)")
        .contains("WARNINGS 0 REVISIONS [(['main'], '" + fetched.commit() + "')]");
    assertThat(server.seen).isEmpty();
  }

  @Test
  void whatHuggingfaceHubFetchedIsNotFetchedAgain() throws Exception {
    String said =
        python(
            false,
            """
            from huggingface_hub import snapshot_download
            print("PATH", snapshot_download("org/tiny", ignore_patterns=["*.bin"]))
            """);
    assertThat(server.count(HubServer.Seen::storage)).isEqualTo(1);
    server.seen.clear();

    Hub.Fetched fetched = fetch();

    assertThat(said).contains("PATH " + fetched.folder());
    assertThat(server.count(HubServer.Seen::storage)).isZero();
    assertThat(server.count(s -> s.path().contains("/resolve/"))).isZero();
  }
}
