package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepState;
import java.io.StringReader;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xml.sax.InputSource;

/** Lines between releases in reports; the releases' scores are those of the paper's Table 3. */
class ConnectivityReportTest {
  private static final Terminal UNICODE = Terminal.plain(true, ZoneId.of("Europe/Berlin"));

  /** What the merges measured. */
  private static final Ledger MEASURED =
      step ->
          step.endsWith(".merge")
              ? Optional.of(
                  new Spent(
                      6,
                      0,
                      0,
                      1,
                      1 << 20,
                      step.contains("line")
                          ? new Spent.Geometry(0.314, null)
                          : new Spent.Geometry(0.021, -0.0123)))
              : Optional.empty();

  private static final SeriesProgress LINES =
      TransferSeries.progress(TransferSeries.lines(), Map.of());

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "MARKDOWN", "HTML", "JSON"})
  void aLineIsShownBesideWhatCrossedIt(ReportFormat format) {
    Golden.check(
        "report/connectivity." + format.extension(),
        format.render(Report.of(LINES, MEASURED), UNICODE));
  }

  @Test
  void theDipIsMeasuredFromTheStraightLineAndJudgedByItsNoise() {
    List<Connectivity> lines = Report.of(LINES, MEASURED).connectivity();

    assertThat(lines).extracting(Connectivity::line).containsExactly("M3 → M4", "M4 → M5");
    assertThat(lines.getFirst().dip()).isCloseTo(0.15, Offset.offset(1e-9));
    assertThat(lines.getFirst().sentence()).contains("beyond noise");
    assertThat(lines.getLast().dip()).isNegative();
    assertThat(lines.getLast().sentence()).contains("below the straight line: nowhere");
    assertThat(lines.getFirst().distance()).isEqualTo(0.314);
    assertThat(lines.getFirst().outcomes())
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome.label()).isEqualTo("M4 + Δdir");
              assertThat(outcome.overBase().verdict()).isEqualTo(Gain.Verdict.BETTER);
              assertThat(outcome.cosine()).isEqualTo(-0.0123);
            });
  }

  @Test
  void aLineWithAGapHasNoDip() {
    SeriesProgress half =
        TransferSeries.progress(
            TransferSeries.lines(),
            Map.of("M4.line-from-M3.x0.5.merged.evaluate.gsm8k", StepState.RUNNING));
    Connectivity line = Report.of(half).connectivity().getFirst();

    assertThat(line.dip()).isNull();
    assertThat(line.sentence()).contains("α 0.5: running").contains("below the straight line: –");
  }

  @Test
  void thePageIsStillXml() throws Exception {
    String page = ReportFormat.HTML.render(Report.of(LINES, MEASURED), UNICODE);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    assertThat(
            factory
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(page)))
                .getElementsByTagName("section")
                .getLength())
        .isPositive();
  }
}
