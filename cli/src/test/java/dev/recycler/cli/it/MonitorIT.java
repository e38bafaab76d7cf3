package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker shows of itself during a run, and whether dashboards and alerts ask for it. */
class MonitorIT {
  private static final Pattern METRIC = Pattern.compile("\\b(recycler|temporal)_[a-z0-9_]+\\b");
  private static final Path DEPLOY = Path.of(System.getProperty("recycler.checkout"), "deploy");

  private static final String TRAIN =
      """
      cp "$1/config.json" "$1/model.safetensors" "$2/"
      printf '\\101' | dd of="$2/model.safetensors" bs=1 conv=notrunc seek=$(($(wc -c < "$1/model.safetensors") - 1))
      """;

  private static final String SCORE =
      """
      printf '{"metrics": {"accuracy": {"value": 0.5}}, "examples": 4}' > "$1/scores.json"
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder = PackagedCli.WORK.resolve("monitor");
  private String address;
  private PackagedCli.Running server;
  private PackagedCli.Running worker;

  @BeforeEach
  void start() throws Exception {
    Folders.delete(folder);
    Files.createDirectories(folder);
    address = "127.0.0.1:" + freePort();
    Path temporal = LockedPython.ensure().program("temporal");
    server =
        new PackagedCli()
            .start(
                List.of(
                    temporal.toString(),
                    "server",
                    "start-dev",
                    "--headless",
                    "--ip",
                    "127.0.0.1",
                    "--port",
                    address.substring(10)));
    while (new PackagedCli().run("list", "--address", address).code() != 0) {
      assertThat(server.process().isAlive()).as(PackagedCli.read(server.err())).isTrue();
    }
    worker =
        new PackagedCli()
            .start(
                "worker",
                "--address",
                address,
                "--slots",
                "2",
                "--monitor",
                "127.0.0.1:0",
                "--log",
                folder.resolve("worker.log").toString(),
                "--log-format",
                "json");
  }

  @AfterEach
  void end() throws Exception {
    http.close();
    for (PackagedCli.Running process : List.of(worker, server)) {
      process.process().destroy();
      process.join();
    }
  }

  @Test
  void everyFigureThatDashboardsAndAlertsNameIsThere() throws Exception {
    String figures = figures();
    assertThat(get(figures + "/healthz").body()).isEqualTo("ok\n");
    assertThat(get(figures + "/readyz").body()).isEqualTo("ok\n");
    Path file = series();
    PackagedCli.Result done =
        new PackagedCli().run("start", file.toString(), "--watch", "--address", address);
    assertThat(done.code()).as(done.out() + done.err()).isZero();

    Set<String> served = names(get(figures + "/metrics").body());
    Set<String> asked = new TreeSet<>(names(read("prometheus/rules.yaml")));
    asked.addAll(names(read("grafana/recycler.json")));
    assertThat(asked).hasSizeGreaterThan(8);
    assertThat(served).containsAll(asked);
    List<String> documented = names(read("../docs/cluster.md")).stream().toList();
    assertThat(served).as("what docs/cluster.md names").containsAll(documented);
    assertThat(figure(get(figures + "/metrics").body(), "recycler_steps_seconds_count", "merge"))
        .isEqualTo(1);

    JsonNode line =
        lines().stream()
            .filter(each -> each.path("mdc").path("step").asText().equals("M1.plain.finetune"))
            .findFirst()
            .orElseThrow();
    assertThat(line.path("mdc").path("series").asText()).isEqualTo("monitor");
    assertThat(line.path("mdc").path("release").asText()).isEqualTo("M1");
    assertThat(line.path("mdc").path("attempt").asText()).isEqualTo("1");
  }

  @Test
  void aWorkerWhoseServerIsGoneIsAliveAndNotReady() throws Exception {
    String figures = figures();
    server.process().destroyForcibly().waitFor();
    HttpResponse<String> ready = get(figures + "/readyz");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains(address, "does not answer");
    assertThat(get(figures + "/healthz").statusCode()).isEqualTo(200);
  }

  private Path series() throws IOException {
    ToyModels.write(folder.resolve("M1"), 1);
    ToyModels.write(folder.resolve("M2"), 2);
    Files.writeString(folder.resolve("train.jsonl"), "{}\n");
    Files.writeString(folder.resolve("train.sh"), TRAIN);
    Files.writeString(folder.resolve("score.sh"), SCORE);
    return Files.writeString(
        folder.resolve("series.yaml"),
        """
        series: monitor
        store: store
        releases: [{name: M1, model: M1}, {name: M2, model: M2}]
        strategies: [iterative, plain]
        finetune:
          trainer: command
          data: train.jsonl
          command: [/bin/sh, "%s/train.sh", "{model}", "{output}"]
        evaluate:
          - name: sums
            harness: command
            task: sums
            command: [/bin/sh, "%s/score.sh", "{output}", "{model}"]
            of: [merged, finetuned]
        """
            .formatted(folder, folder));
  }

  private List<JsonNode> lines() throws IOException {
    return new ObjectMapper()
        .readerFor(JsonNode.class)
        .<JsonNode>readValues(folder.resolve("worker.log").toFile())
        .readAll();
  }

  private static String read(String file) throws IOException {
    return Files.readString(DEPLOY.resolve(file));
  }

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    Matcher metric = METRIC.matcher(text);
    while (metric.find()) {
      names.add(metric.group());
    }
    return names;
  }

  private static double figure(String scraped, String name, String label) {
    return scraped
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains("\"" + label + "\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private String figures() throws InterruptedException {
    Pattern said = Pattern.compile("Figures (http://\\S+)/metrics");
    while (true) {
      Matcher line = said.matcher(PackagedCli.read(worker.err()));
      if (line.find() && PackagedCli.read(worker.err()).contains("Log ")) {
        return line.group(1);
      }
      assertThat(worker.process().isAlive()).as(PackagedCli.read(worker.err())).isTrue();
      Thread.sleep(100);
    }
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
