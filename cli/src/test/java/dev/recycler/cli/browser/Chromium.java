package dev.recycler.cli.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium that reaches nothing but this machine. */
public final class Chromium implements AutoCloseable {
  private static final List<String> OPTIONS =
      List.of(
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--hide-scrollbars",
          "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
          "--remote-debugging-port=0");

  private final Process process;
  private final DevTools tools;

  private Chromium(Process process, DevTools tools) {
    this.process = process;
    this.tools = tools;
  }

  /** The program, where one is on the PATH. */
  public static Optional<Path> installed() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name -> Stream.of(path.split(File.pathSeparator, -1)).map(dir -> Path.of(dir, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param folder an empty folder for its profile
   */
  public static Chromium start(Path program, Path folder) throws IOException, InterruptedException {
    Path profile = Files.createDirectories(folder.resolve("profile"));
    Process process =
        new ProcessBuilder(
                Stream.of(
                        List.of(program.toString()),
                        OPTIONS,
                        List.of("--user-data-dir=" + profile, "about:blank"))
                    .flatMap(List::stream)
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("chromium.log").toFile())
            .start();
    Path where = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!Files.exists(where) || Files.readAllLines(where).size() < 2) {
      assertThat(process.isAlive()).as("the browser runs").isTrue();
      assertThat(System.nanoTime()).as("the browser starts in time").isLessThan(end);
      Thread.sleep(50);
    }
    List<String> lines = Files.readAllLines(where);
    URI socket = URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
    return new Chromium(process, DevTools.connect(socket));
  }

  /** Opens a page, and waits until it is loaded. */
  public BrowserPage open(URI page) throws InterruptedException {
    String target =
        tools
            .call(null, "Target.createTarget", Map.of("url", "about:blank"))
            .get("targetId")
            .asText();
    String session =
        tools
            .call(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asText();
    return BrowserPage.load(tools, session, page);
  }

  @Override
  public void close() {
    tools.close();
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    // It writes into its profile, which is deleted next, until it is gone.
    process.onExit().join();
    children.forEach(child -> child.onExit().join());
  }
}
