package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.cli.browser.Axe;
import dev.recycler.cli.browser.BrowserPage;
import dev.recycler.cli.browser.Chromium;
import dev.recycler.cli.serve.PageServer;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.spec.Matrix;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The pages as a real browser shows them; needs a Chromium on the PATH. Pictures of them, at the
 * widths of a phone, a laptop and a sheet of paper, are left in {@code target/pictures} for a
 * person to look at.
 */
class HtmlInBrowserTest {
  private static final Path PICTURES =
      Path.of(System.getProperty("recycler.checkout"), "cli/target/pictures");
  private static final Pattern LABEL = Pattern.compile("(.*): ([\\d.]+)( ± .*)?");
  private static final Offset<Double> A_PIXEL = Offset.offset(1.0);

  @TempDir static Path folder;
  private static Chromium browser;

  /** The pages that are looked at. */
  enum Shown {
    FINISHED(html(SyntheticSeries.five().progress(SyntheticSeries.END))),
    HALF_WAY(html(SyntheticSeries.five().progress(150))),
    FAILED(html(FailureSeries.everyKind())),
    MATRIX(
        html(
            TransferSeries.progress(
                TransferSeries.matrix(Matrix.TRANSFER_THEN_FINETUNE), Map.of()))),
    CONNECTIVITY(html(TransferSeries.progress(TransferSeries.lines(), Map.of()))),
    HUNDRED(html(SyntheticSeries.many(100).progress(SyntheticSeries.END)));

    private final String html;

    Shown(String html) {
      this.html = html;
    }

    String file() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @BeforeAll
  static void startBrowser() throws Exception {
    Optional<Path> program = Chromium.installed();
    assumeTrue(
        program.isPresent(),
        "no chromium, chromium-browser or google-chrome on the PATH: no page was opened");
    browser = Chromium.start(program.get(), folder);
  }

  @AfterAll
  static void endBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  private static String html(SeriesProgress progress) {
    return ReportFormat.HTML.render(Report.of(progress), Terminal.plain(true, ZoneOffset.UTC));
  }

  private static BrowserPage open(String html) throws Exception {
    Path file = Files.createTempFile(folder, "report", ".html");
    return browser.open(Files.writeString(file, html).toUri());
  }

  @ParameterizedTest
  @EnumSource
  void aPageComplainsOfNothingAndAsksForNothing(Shown shown) throws Exception {
    BrowserPage page = open(shown.html);
    assertThat(page.complaints()).isEmpty();
    assertThat(page.requests()).singleElement().asString().startsWith("file:");
  }

  @Test
  void anythingThatAPageAskedForWouldBeSeen() throws Exception {
    BrowserPage page =
        open(
            Shown.FINISHED.html.replace(
                "</body>", "<img alt=\"\" src=\"https://example.invalid/x.png\"/></body>"));
    assertThat(page.complaints()).anyMatch(line -> line.contains("Content Security Policy"));
  }

  @ParameterizedTest
  @EnumSource
  void nothingStandsInTheWayOfAnybody(Shown shown) throws Exception {
    BrowserPage page = open(shown.html);
    for (String scheme : List.of("light", "dark")) {
      page.medium("screen", scheme);
      assertThat(page.barriers(Axe.script())).as(scheme).isEmpty();
    }
  }

  @Test
  void aBarrierWouldBeSeen() throws Exception {
    BrowserPage page = open(Shown.FINISHED.html.replace("--quiet: #57606a", "--quiet: #d0d4d8"));
    page.medium("screen", "light");
    assertThat(page.barriers(Axe.script())).anyMatch(line -> line.startsWith("color-contrast"));
  }

  @ParameterizedTest
  @EnumSource
  void aPageFitsEveryWidth(Shown shown) throws Exception {
    BrowserPage page = open(shown.html);
    record Size(String name, int width, int height, String medium, String scheme) {}
    for (Size size :
        List.of(
            new Size("phone", 390, 844, "screen", "light"),
            new Size("phone-dark", 390, 844, "screen", "dark"),
            new Size("laptop", 1280, 800, "screen", "light"),
            new Size("print", 720, 1018, "print", "light"))) {
      page.resize(size.width(), size.height());
      page.medium(size.medium(), size.scheme());
      page.picture(PICTURES.resolve(shown.file() + "-" + size.name() + ".png"));
      assertThat(page.read("document.documentElement.scrollWidth").asInt())
          .as(size.name())
          .isLessThanOrEqualTo(size.width());
    }
  }

  @Test
  void everyMarkStandsWhereItsScoreIsOnTheAxis() throws Exception {
    BrowserPage page = open(Shown.FINISHED.html);
    assertThat(marks(page, "scores-1"))
        .hasSize(26)
        .doesNotHaveDuplicates()
        .contains("M1", "FT(M5)", "FT(M5 + Δiter)", "M3 + Δdir");
    assertThat(page.read("[...document.querySelectorAll('#scores-1 td b')].length").asInt())
        .isEqualTo(26);
  }

  /** Two lines of three models between three releases, and a transfer across each. */
  @Test
  void theModelsOfALineStandBetweenItsReleases() throws Exception {
    BrowserPage page = open(Shown.CONNECTIVITY.html);
    assertThat(marks(page, "connectivity"))
        .containsExactly(
            "M3",
            "M3 → M4, α 0.25",
            "M3 → M4, α 0.5",
            "M3 → M4, α 0.75",
            "M4",
            "M4 → M5, α 0.25",
            "M4 → M5, α 0.5",
            "M4 → M5, α 0.75",
            "M5",
            "M4 + Δdir",
            "M5 + Δdir");
    JsonNode across =
        page.read(
            """
            (() => {
              const chart = document.querySelector("#connectivity svg.chart");
              const middle = e => { const b = e.getBoundingClientRect(); return b.x + b.width / 2; };
              return {
                labels: [...chart.querySelectorAll(".tick.across")].map(t => t.textContent).join(),
                marks: [...chart.querySelectorAll(".line.base .mark")].map(middle),
                straight: chart.querySelector(".straight").points.length
              };
            })()
            """);
    assertThat(across.get("labels").asText()).isEqualTo("M3,M4,M5");
    assertThat(across.get("straight").asInt()).isEqualTo(3);
    double first = across.get("marks").get(0).asDouble();
    double step = (across.get("marks").get(8).asDouble() - first) / 8;
    for (int i = 0; i < 9; i++) {
      assertThat(across.get("marks").get(i).asDouble()).isCloseTo(first + i * step, A_PIXEL);
    }
  }

  /**
   * What the marks of a section's picture stand for; its axis is read from the picture, and every
   * mark is held to the score in its name.
   */
  private static List<String> marks(BrowserPage page, String section) throws Exception {
    page.resize(1280, 800);
    JsonNode chart =
        page.read(
            """
            (() => {
              const chart = document.querySelector("#%s svg.chart");
              const middle = e => { const b = e.getBoundingClientRect(); return b.y + b.height / 2; };
              return {
                ticks: [...chart.querySelectorAll(".tick.down")].map((t, i) => [
                  Number(t.textContent), middle(chart.querySelectorAll(".rule")[i])]),
                marks: [...chart.querySelectorAll(".mark")].map(m => [m.textContent, middle(m)])
              };
            })()
            """
                .formatted(section));
    JsonNode low = chart.get("ticks").get(0);
    JsonNode high = chart.get("ticks").get(chart.get("ticks").size() - 1);
    double pixelsAPoint =
        (high.get(1).asDouble() - low.get(1).asDouble())
            / (high.get(0).asDouble() - low.get(0).asDouble());
    List<String> names = new ArrayList<>();
    for (JsonNode mark : chart.get("marks")) {
      Matcher label = LABEL.matcher(mark.get(0).asText());
      assertThat(label.matches()).as(mark.get(0).asText()).isTrue();
      double score = Double.parseDouble(label.group(2));
      double expected = low.get(1).asDouble() + (score - low.get(0).asDouble()) * pixelsAPoint;
      assertThat(mark.get(1).asDouble()).as(label.group()).isCloseTo(expected, A_PIXEL);
      names.add(label.group(1));
    }
    return names;
  }

  @Test
  void aLivePageRenewsItselfAndLeavesWhatTheReaderHasOpened() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Report early = Report.of(SyntheticSeries.five().progress(150));
    Report late = Report.of(SyntheticSeries.five().progress(SyntheticSeries.END));
    try (PageServer server =
        PageServer.start(
            0,
            () ->
                asked.incrementAndGet() == 1
                    ? new LivePage("running", true).render(early, ZoneOffset.UTC)
                    : new LivePage("over", false).render(late, ZoneOffset.UTC))) {
      BrowserPage page = browser.open(URI.create(server.address()));
      assertThat(page.read("document.querySelector('.state').textContent").asText())
          .isEqualTo("running");
      page.read("document.querySelector('#models details').open = true");
      page.read(
          "new Promise(done => setInterval(() => {"
              + " if (document.querySelector('.state').textContent === 'finished') done(true)"
              + "}, 100))");
      assertThat(page.read("document.querySelector('#models details').open").asBoolean()).isTrue();
      assertThat(page.read("document.getElementById('live').textContent").asText())
          .isEqualTo("over");
      assertThat(page.complaints()).isEmpty();
      assertThat(page.requests()).allMatch(address -> address.startsWith(server.address()));
      assertThat(page.barriers(Axe.script())).isEmpty();
      assertThat(asked).hasValue(2);
    }
  }
}
