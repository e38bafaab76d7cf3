package dev.recycler.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.cli.Sessions;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.worker.WorkerFile;
import dev.recycler.workflows.spec.Problem;
import dev.recycler.workflows.spec.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What lies in {@code deploy/} and the guides: it can be read, and names only what is there. */
class DeployTest {
  private static final Surroundings SURROUNDINGS =
      SeriesFiles.surroundings(
          Path.of("/deploy/worker.yaml"), new Sessions(Path.of("/"), Map.of()).session().places());
  private static final Path ROOT = Path.of(System.getProperty("recycler.checkout"));
  private static final Path DEPLOY = ROOT.resolve("deploy");
  private static final Pattern VARIABLE =
      Pattern.compile("\\b(RECYCLER|TEMPORAL)_[A-Z][A-Z_]*[A-Z]");
  private static final Pattern YAML_BLOCK = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

  /** Variables of the images and scripts that deploy/ starts, each with the file that reads it. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "TEMPORAL_VERSION", "docker/compose.yaml",
          "TEMPORAL_UI_VERSION", "docker/compose.yaml",
          "RECYCLER_TARGET", "docker/compose.yaml",
          "RECYCLER_DATA", "docker/compose.yaml",
          "RECYCLER_MOST_REQUEUES", "slurm/worker.sbatch",
          "RECYCLER_SLURM_POLL", "slurm/launch");

  static Stream<Path> yamlFiles() throws IOException {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.toString().contains("/templates/"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("yamlFiles")
  void everyYamlFileCanBeRead(Path file) throws IOException {
    assertThat(yaml(Files.readString(file))).isNotNull();
  }

  @Test
  void everyPanelOfTheDashboardAsksForSomething() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(read(DEPLOY.resolve("grafana/recycler.json")));
    assertThat(dashboard.path("panels")).isNotEmpty();
    for (JsonNode panel : dashboard.path("panels")) {
      assertThat(panel.path("targets").path(0).path("expr").asText())
          .as(panel.path("title").asText())
          .containsPattern("(recycler|temporal)_[a-z]");
    }
  }

  @Test
  void everyVariableThatGuidesAndFilesNameIsReadSomewhere() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String guide : List.of("docs/cluster.md", "docs/security.md")) {
      named.addAll(variables(read(ROOT.resolve(guide))));
    }
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(DEPLOY.resolve("series")))
          .filter(file -> file.toString().matches(".*(Dockerfile|\\.yaml|\\.service|\\.sbatch)"))
          .forEach(file -> named.addAll(variables(read(file))));
    }
    Set<String> known = variables(sources());
    known.addAll(ofTemporalsSettings());
    for (Map.Entry<String, String> elsewhere : ELSEWHERE.entrySet()) {
      if (read(DEPLOY.resolve(elsewhere.getValue())).contains(elsewhere.getKey())) {
        known.add(elsewhere.getKey());
      }
    }
    assertThat(named).isNotEmpty();
    assertThat(known).containsAll(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/cluster.md", "docs/security.md"})
  void theWorkerFilesOfTheGuidesCanBeRead(String guide) throws IOException {
    Matcher blocks = YAML_BLOCK.matcher(read(ROOT.resolve(guide)));
    int read = 0;
    while (blocks.find()) {
      String text = blocks.group(1);
      if (text.contains("worker.yaml")) {
        assertThat(problems(text)).as(text).isEmpty();
        read++;
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void theWorkerFilesOfDeployCanBeRead() throws IOException {
    assertThat(problems(read(DEPLOY.resolve("docker/worker.yaml")))).isEmpty();
    ObjectMapper json = new ObjectMapper();
    for (String values : List.of("values.yaml", "values-gpu.yaml")) {
      JsonNode pools =
          json.valueToTree(yaml(read(DEPLOY.resolve("helm/recycler/" + values)))).path("pools");
      assertThat(pools).isNotEmpty();
      // JSON is YAML.
      pools.forEach(pool -> assertThat(problems(pool.path("worker").toString())).isEmpty());
    }
  }

  @Test
  void theGuideTellsEveryKeyOfAWorkersFile() {
    String guides = read(ROOT.resolve("docs/cluster.md")) + read(ROOT.resolve("docs/security.md"));
    for (Set<String> keys : WorkerFile.keys().values()) {
      assertThat(keys).allSatisfy(key -> assertThat(guides).contains(key + ":"));
    }
  }

  private static List<Problem> problems(String text) {
    return WorkerFile.parse(text, "worker.yaml", SURROUNDINGS).problems();
  }

  private static Object yaml(String text) {
    Object last = null;
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
      last = document;
    }
    return last;
  }

  private static Set<String> variables(String text) {
    Set<String> found = new TreeSet<>();
    Matcher variable = VARIABLE.matcher(text);
    while (variable.find()) {
      found.add(variable.group());
    }
    return found;
  }

  /** The launcher and all Java that is shipped. */
  private static String sources() throws IOException {
    StringBuilder all = new StringBuilder(read(ROOT.resolve("recycler")));
    for (String module : List.of("activities", "worker", "cli")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        files.filter(Files::isRegularFile).forEach(file -> all.append(read(file)));
      }
    }
    return all.toString();
  }

  /** Those that Temporal's library for its settings reads; TemporalConnectionTest uses them. */
  private static Set<String> ofTemporalsSettings() {
    return Set.of(
        "TEMPORAL_ADDRESS",
        "TEMPORAL_NAMESPACE",
        "TEMPORAL_API_KEY",
        "TEMPORAL_PROFILE",
        "TEMPORAL_TLS",
        "TEMPORAL_TLS_SERVER_NAME",
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
        "TEMPORAL_TLS_CLIENT_CERT_PATH",
        "TEMPORAL_TLS_CLIENT_KEY_PATH");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
