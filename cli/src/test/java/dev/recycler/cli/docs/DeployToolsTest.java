package dev.recycler.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in {@code deploy/}, as the tools that it is for see it, where they are installed. */
class DeployToolsTest {
  private static final Path DEPLOY =
      Path.of(System.getProperty("recycler.checkout")).resolve("deploy");
  private static final Path CHART = DEPLOY.resolve("helm/recycler");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"values.yaml", "values-gpu.yaml", "values-cloud.yaml"})
  void theChartIsRendered(String values) throws Exception {
    List<String> chart = List.of(CHART.toString(), "-f", CHART.resolve(values).toString());
    run("helm", "lint", chart);
    String rendered = run("helm", "template", List.of("models"), chart);
    assertThat(rendered)
        .contains("kind: Deployment", "kind: NetworkPolicy", "readOnlyRootFilesystem: true")
        .doesNotContain("<no value>");
    Path file = Files.writeString(folder.resolve("rendered.yaml"), rendered);
    if (installed("kubeconform").isPresent()) {
      // Kinds of other projects have no schema there.
      run("kubeconform", "-strict", List.of("-ignore-missing-schemas", file.toString()));
    }
  }

  @Test
  void theAlertsAreRulesToPrometheus() throws Exception {
    run("promtool", "check", List.of("rules", DEPLOY.resolve("prometheus/rules.yaml").toString()));
  }

  @Test
  void theImagesFileIsCleanToHadolint() throws Exception {
    run("hadolint", DEPLOY.resolve("docker/Dockerfile").toString(), List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"slurm/launch", "slurm/worker.sbatch"})
  void theScriptsAreCleanToShellcheck(String script) throws Exception {
    run("shellcheck", DEPLOY.resolve(script).toString(), List.of());
  }

  /** Runs a tool that must find no fault; gives what it printed. */
  @SafeVarargs
  @SuppressWarnings("varargs") // the lists are only read
  private static String run(String tool, String first, List<String>... more)
      throws IOException, InterruptedException {
    Optional<Path> program = installed(tool);
    assumeTrue(program.isPresent(), tool + " is not installed, so this is not looked at");
    List<String> command = new ArrayList<>(List.of(program.orElseThrow().toString(), first));
    Arrays.stream(more).forEach(command::addAll);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static Optional<Path> installed(String tool) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(place -> Path.of(place, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
