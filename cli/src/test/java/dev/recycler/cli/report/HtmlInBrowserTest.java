package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.recycler.cli.terminal.Terminal;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a real browser sees it; needs a Chromium on the PATH. */
class HtmlInBrowserTest {
  /** Everything that a page could ask for goes nowhere, and asking for it is an error. */
  private static final List<String> CUT_OFF =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--host-resolver-rules=MAP * ~NOTFOUND",
          "--enable-logging=stderr",
          "--v=0");

  @TempDir Path folder;

  @Test
  void theBrowserShowsTableAndChartsWithoutAnErrorOrARequest() throws Exception {
    Seen seen = open(page());
    assertThat(count(seen.dom(), "class=\"mark\"")).isEqualTo(26 + 9);
    assertThat(count(seen.dom(), "<table")).isEqualTo(4);
    assertThat(seen.dom()).contains("FT(M<sub>i</sub> + Δ<sup>iter</sup>)");
    // A request would be blocked by the page's own policy and be an error in the console.
    assertThat(seen.log()).noneMatch(line -> line.contains("CONSOLE"));
  }

  @Test
  void anythingThatThePageAskedForWouldBeAnErrorInItsConsole() throws Exception {
    String tampered =
        page().replace("</body>", "<img src=\"https://example.invalid/x.png\"/></body>");
    Seen seen = open(tampered);
    assertThat(seen.log())
        .anyMatch(line -> line.contains("CONSOLE") && line.contains("Content Security Policy"));
  }

  /**
   * What came of opening a page.
   *
   * @param log the browser's own messages, the page's console among them
   */
  private record Seen(String dom, List<String> log) {}

  private Seen open(String html) throws Exception {
    Optional<String> browser = browser();
    assumeTrue(
        browser.isPresent(),
        "no chromium, chromium-browser or google-chrome on the PATH: the page was not opened");
    Path file = Files.writeString(folder.resolve("report.html"), html);
    Path dom = folder.resolve("dom");
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>();
    command.add(browser.get());
    command.addAll(CUT_OFF);
    command.add("--user-data-dir=" + folder.resolve("profile"));
    command.add("--dump-dom");
    command.add(file.toUri().toString());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("the browser ended").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Seen(Files.readString(dom), Files.readAllLines(log));
  }

  private static String page() {
    return ReportFormat.HTML.render(
        Report.of(SyntheticSeries.five().progress(SyntheticSeries.END)),
        Terminal.plain(true, ZoneOffset.UTC));
  }

  private static int count(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }

  private static Optional<String> browser() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name -> Stream.of(path.split(File.pathSeparator, -1)).map(dir -> Path.of(dir, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }
}
