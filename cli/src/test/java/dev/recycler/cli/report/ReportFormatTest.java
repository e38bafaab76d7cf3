package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.spec.Strategy;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportFormatTest {
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  private static final Terminal UNICODE = Terminal.plain(true, ZONE);
  private static final Terminal ASCII = Terminal.plain(false, ZONE);
  private static final String FAILURE =
      "trl ended with exit code 1: CUDA out of memory; the log is"
          + " /data/recycler/logs/mini/M3.iterative.finetune/attempt-2.log";

  private static final SeriesProgress FINISHED =
      SyntheticSeries.five().progress(SyntheticSeries.END);
  private static final SeriesProgress HALF_WAY = SyntheticSeries.five().progress(150);
  private static final SeriesProgress FAILED =
      SyntheticSeries.five()
          .failing("M3.iterative.finetune", FAILURE)
          .progress(SyntheticSeries.END);
  private static final SeriesProgress FAILURES = FailureSeries.everyKind();
  private static final SeriesProgress CANCELLED = SyntheticSeries.five().cancelled(150);

  @ParameterizedTest
  @EnumSource(ReportFormat.class)
  void aFinishedSeriesLooksLikeThisInEveryFormat(ReportFormat format) {
    check("finished", FINISHED, format);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "MARKDOWN", "LATEX", "CSV", "HTML"})
  void anUnfinishedSeriesHasItsGapsMarkedInEveryFormat(ReportFormat format) {
    check("half-way", HALF_WAY, format);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "MARKDOWN", "LATEX", "CSV", "HTML"})
  void aFailedSeriesSaysWhatFailedInEveryFormat(ReportFormat format) {
    check("failed", FAILED, format);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "MARKDOWN", "HTML"})
  void everyKindOfFailureIsToldInEveryFormat(ReportFormat format) {
    check("failures", FAILURES, format);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "MARKDOWN"})
  void aCancelledSeriesShowsWhatWasReached(ReportFormat format) {
    check("cancelled", CANCELLED, format);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "LATEX"})
  void aHundredReleasesStayReadable(ReportFormat format) {
    check("hundred", SyntheticSeries.many(100).progress(SyntheticSeries.END), format);
  }

  @Test
  void aTerminalWithoutUnicodeGetsAsciiOnly() {
    String text = ReportFormat.TERMINAL.render(Report.of(FINISHED), ASCII);
    assertThat(text.chars()).allMatch(c -> c < 128);
    Golden.check("report/finished-ascii.txt", text);
  }

  @Test
  void noLineOfTheTerminalReportIsWiderThanTheTerminalButPaths() {
    for (SeriesProgress progress : List.of(FINISHED, HALF_WAY, FAILED, FAILURES, CANCELLED)) {
      for (int width : new int[] {60, 80, 120}) {
        Terminal terminal = new Terminal(width, 0, false, true, false, ZONE);
        assertThat(ReportFormat.TERMINAL.render(Report.of(progress), terminal).lines())
            .filteredOn(line -> !line.contains("/data/"))
            .allMatch(line -> Width.of(line) <= width, "at most " + width + " columns");
      }
    }
  }

  @Test
  void everyNumberOfTheTableStandsInTheJsonWithItsSource() throws Exception {
    Report report = Report.of(FINISHED);
    JsonNode json = new ObjectMapper().readTree(ReportFormat.JSON.render(report, UNICODE));
    int numbers = 0;
    for (JsonNode row : json.get("tables").get(0).get("rows")) {
      for (JsonNode cell : row.get("cells")) {
        if (cell.get("state").asText().equals("scored")) {
          numbers++;
          assertThat(cell.get("resultsFile").asText()).endsWith("/results.json");
          assertThat(cell.get("examples").asInt()).isEqualTo(200);
          assertThat(cell.get("standardError").isNumber()).isTrue();
          assertThat(cell.get("cumulativeSteps").isNumber()).isTrue();
        }
      }
    }
    assertThat(numbers).isEqualTo(26);
  }

  @Test
  void whatMeansSomethingToAFormatIsEscapedThere() {
    Report report =
        Report.of(
            SyntheticSeries.named("a\\b_c&50% *x* |y| <z>", Strategy.PLAIN)
                .progress(SyntheticSeries.END));
    assertThat(ReportFormat.LATEX.render(report, UNICODE))
        .contains("a\\textbackslash b\\_c\\&50\\% *x* |y| <z>");
    assertThat(ReportFormat.MARKDOWN.render(report, UNICODE))
        .startsWith("# a\\\\b\\_c&50% \\*x\\* \\|y\\| \\<z\\>\n");
    assertThat(ReportFormat.HTML.render(report, UNICODE))
        .contains("a\\b_c&amp;50% *x* |y| &lt;z&gt;");
  }

  @Test
  void aFormatIsFoundByNameAndByFileEnding() {
    assertThat(ReportFormat.named("markdown")).contains(ReportFormat.MARKDOWN);
    assertThat(ReportFormat.named("md")).contains(ReportFormat.MARKDOWN);
    assertThat(ReportFormat.named("pdf")).isEmpty();
  }

  private static void check(String name, SeriesProgress progress, ReportFormat format) {
    Golden.check(
        "report/" + name + "." + format.extension(), format.render(Report.of(progress), UNICODE));
  }
}
