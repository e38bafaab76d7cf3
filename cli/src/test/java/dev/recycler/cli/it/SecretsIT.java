package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.store.Folders;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What reaches a tool through a real server and a real worker, and what must not come back. */
class SecretsIT {
  private static final Map<String, String> SECRETS =
      Map.of(
          "HF_TOKEN", "hf_qwertyuiopasdfghjklzxcvbnm4711",
          "WANDB_API_KEY", "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c",
          "OUR_DATABASE", "postgres://ann:correct-horse@db.example/scores");

  /** In everything that the tools leave: a search that finds it would find a secret too. */
  private static final String CANARY = "canary-in-a-coal-mine";

  private static final String ODD =
      "a b\t'c' \"d\" $(touch hacked) `touch hacked`; touch hacked\n--x $HOME *";

  private static final String TELL =
      """
      set -u
      tell() { echo "%s; $HF_TOKEN; $WANDB_API_KEY; $OUR_DATABASE"; }
      """
          .formatted(CANARY);

  private static final String TRAIN =
      TELL
          + """
          tell
          if [ -e "$3" ]; then
            echo "ModuleNotFoundError: No module named '$HF_TOKEN $OUR_DATABASE' %s"
            exit 1
          fi
          cp "$1/config.json" "$1/model.safetensors" "$2/"
          shift 3
          printf '%%s\\0' "$@" > "$OUT/arguments"
          echo "step 3/3 loss 0.5"
          """
              .formatted(CANARY);

  private static final String SCORE =
      TELL
          + """
          tell
          tell > "$1/said.txt"
          printf '{"metrics": {"accuracy": {"value": 0.5}}, "examples": 4}' > "$1/scores.json"
          """;

  private final Path folder = PackagedCli.WORK.resolve("secrets");
  private final Path home = folder.resolve("home");
  private final Path store = folder.resolve("store");
  private final Path fail = folder.resolve("fail");

  @Test
  void argumentsArriveAsTheyAreAndSecretsStayWhereTheyAre() throws Exception {
    Path file = prepare();
    PackagedCli cli = new PackagedCli();
    for (Map.Entry<String, String> secret : SECRETS.entrySet()) {
      cli = cli.with(secret.getKey(), secret.getValue());
    }
    PackagedCli.Running dev = cli.start("dev", "--home", home.toString());
    try {
      while (!PackagedCli.read(dev.err()).contains("Ctrl-C ends")) {
        assertThat(dev.process().isAlive()).as(PackagedCli.read(dev.err())).isTrue();
        Thread.sleep(100);
      }
      List<String> said = new ArrayList<>();
      said.add(run("start", file.toString(), "--watch"));
      assertThat(said.getFirst()).contains("ModuleNotFoundError", "***");
      Files.delete(fail);
      said.add(run("resume", "secrets"));
      said.add(run("status", "secrets", "--watch"));
      said.add(run("status", "secrets", "--json"));
      said.add(run("logs", "secrets", "M1.plain.finetune"));
      byte[] history = history();

      assertThat(said.get(3)).contains("\"finished\"");
      Path model = store.resolve("series/secrets/M1.plain.finetune");
      assertThat(Files.readString(folder.resolve("arguments")))
          .isEqualTo(ODD + "\0--note\0" + ODD + "\0");
      assertThat(model.resolve("hacked")).doesNotExist();
      assertThat(model.resolve("logs/attempt-1.log"))
          .content()
          .contains(CANARY + "; ***; ***; ***");
      for (String secret : SECRETS.values()) {
        assertThat(said).noneMatch(text -> text.contains(secret));
        assertThat(contains(history, secret)).as("history has " + secret).isFalse();
        assertThat(filesWith(store, secret)).isEmpty();
        assertThat(filesWith(home, secret)).isEmpty();
      }
      assertThat(contains(history, CANARY)).as("the search finds what is there").isTrue();
      assertThat(filesWith(store, CANARY)).anyMatch(path -> path.endsWith("said.txt"));
    } finally {
      dev.process().destroy();
      dev.process().waitFor(PackagedCli.PATIENCE_MINUTES, TimeUnit.MINUTES);
    }
    for (String secret : SECRETS.values()) {
      assertThat(filesWith(home, secret)).as("in the server's database and logs").isEmpty();
    }
    assertThat(Homes.processes(folder)).isEmpty();
  }

  /** What a command prints, on both streams. */
  private String run(String... arguments) throws InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--home", home.toString()));
    PackagedCli.Result result = new PackagedCli().run(all.toArray(String[]::new));
    return result.out() + result.err();
  }

  private byte[] history() throws IOException {
    int port = Homes.json(home.resolve("server.json")).path("port").asInt();
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:" + port).build());
    try {
      return WorkflowClient.newInstance(service)
          .fetchHistory("series-secrets")
          .getHistory()
          .toByteArray();
    } finally {
      service.shutdownNow();
      service.awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private static List<Path> filesWith(Path root, String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        if (contains(Files.readAllBytes(file), text)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private static boolean contains(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
  }

  private Path prepare() throws IOException {
    Folders.delete(folder);
    Path release = Files.createDirectories(folder.resolve("M1"));
    Files.writeString(release.resolve("config.json"), "{}");
    Files.write(release.resolve("model.safetensors"), safetensors());
    Path data = Files.writeString(folder.resolve("train.jsonl"), "{}\n");
    Files.createFile(fail);
    String text =
        """
        series: secrets
        store: %s
        releases: [{name: M1, model: %s}]
        strategies: [plain]
        finetune:
          trainer: command
          data: %s
          command: [/bin/sh, %s, "{model}", "{output}", %s, %s]
          progress: "step (?<step>[0-9]+)/(?<total>[0-9]+)"
          environment:
            OUT: %s
            OUR_DATABASE:
          arguments: {note: %s}
        evaluate:
          - name: sums
            harness: command
            task: sums
            of: [finetuned]
            command: [/bin/sh, %s, "{output}", "{model}"]
            environment: {OUR_DATABASE: }
        """
            .formatted(
                quoted(store),
                quoted(release),
                quoted(data),
                quoted(script("train", TRAIN)),
                quoted(fail),
                quoted(ODD),
                quoted(folder),
                quoted(ODD),
                quoted(script("score", SCORE)));
    return Files.writeString(folder.resolve("series.yaml"), text);
  }

  private Path script(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name + ".sh"), text);
  }

  /** As JSON, which YAML reads. */
  private static String quoted(Object value) throws IOException {
    return new ObjectMapper().writeValueAsString(value.toString());
  }

  private static byte[] safetensors() {
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .putFloat(1.5f)
        .putFloat(-2)
        .array();
  }
}
