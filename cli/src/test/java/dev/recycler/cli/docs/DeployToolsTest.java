package dev.recycler.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What lies in {@code deploy/}, as the tools see it that it is for, where they are installed. */
class DeployToolsTest {
  private static final Path SCRIPT =
      Path.of(System.getProperty("recycler.checkout")).resolve("deploy/check_deploy.py");

  @Test
  void theToolsThatAreInstalledFindNoFault() throws Exception {
    assumeTrue(isInstalled("python3"), "python3 is not installed, so this is not looked at");
    Process process =
        new ProcessBuilder("python3", SCRIPT.toString(), "--installed")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).containsPattern("[0-9]+ passed, 0 failed, [0-9]+ skipped");
    assumeTrue(!said.contains("0 passed"), "none of the tools is installed: " + said);
  }

  private static boolean isInstalled(String tool) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, tool)));
  }
}
