package dev.recycler.cli.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** axe-core, the accessibility checker, as npm has it. */
public final class Axe {
  private static final String PACKAGE = "axe-core@4.14.1";
  private static final Path FOLDER =
      Path.of(System.getProperty("recycler.checkout"), "cli/target/axe");

  private Axe() {}

  /** The text of its script; fetched once. The test is skipped where there is no npm. */
  public static String script() throws IOException, InterruptedException {
    Path script = FOLDER.resolve("node_modules/axe-core/axe.min.js");
    if (!Files.exists(script)) {
      Path log = Files.createDirectories(FOLDER).resolve("npm.log");
      assumeTrue(
          run(log, "npm", "--version") == 0, "no npm on the PATH: accessibility was not checked");
      assertThat(run(log, "npm", "install", "--no-save", "--ignore-scripts", "--no-audit", PACKAGE))
          .as("npm installs %s; its log is %s", PACKAGE, log)
          .isZero();
    }
    return Files.readString(script);
  }

  private static int run(Path log, String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .directory(FOLDER.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s ends", List.of(command)).isTrue();
      return process.exitValue();
    } catch (IOException e) {
      return 127;
    }
  }
}
