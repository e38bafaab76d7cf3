package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.StepState;
import dev.recycler.workflows.spec.Matrix;
import java.io.StringReader;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Transfers in reports; the numbers are those of the paper's Table 3. */
class TransferReportTest {
  private static final Terminal UNICODE = Terminal.plain(true, ZoneId.of("Europe/Berlin"));
  private static final Terminal ASCII = Terminal.plain(false, ZoneId.of("Europe/Berlin"));

  private static final SeriesProgress MATRIX =
      TransferSeries.progress(TransferSeries.matrix(Matrix.TRANSFER_THEN_FINETUNE), Map.of());
  private static final SeriesProgress GAPS =
      TransferSeries.progress(
          TransferSeries.matrix(Matrix.TRANSFER),
          Map.of(
              "M4.from-M1.merge", StepState.FAILED,
              "M3.from-M2.merged.evaluate.gsm8k", StepState.RUNNING,
              "M5.plain.finetuned.evaluate.gsm8k", StepState.WAITING,
              "M2.base.evaluate.gsm8k", StepState.CANCELLED));
  private static final SeriesProgress SINGLE =
      TransferSeries.progress(TransferSeries.single(), Map.of());

  @ParameterizedTest
  @EnumSource(ReportFormat.class)
  void theMatrixLooksLikeThisInEveryFormat(ReportFormat format) {
    check("matrix", MATRIX, format);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "MARKDOWN", "LATEX", "CSV", "HTML"})
  void anUnfinishedMatrixHasItsGapsMarked(ReportFormat format) {
    check("matrix-gaps", GAPS, format);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReportFormat.class,
      names = {"TERMINAL", "MARKDOWN", "LATEX"})
  void singleTransfersOfAPublishedModelAreATableToo(ReportFormat format) {
    check("transfers", SINGLE, format);
  }

  @Test
  void theCellsAreThePapersTableAndItsDiagonalIsEmpty() {
    TransferTable table = Report.of(MATRIX).transfers().getFirst();
    assertThat(table.finetuned()).isFalse();
    assertThat(table.targets()).containsExactly("M1", "M2", "M3", "M4", "M5");
    assertThat(table.rows())
        .extracting(TransferTable.Row::source)
        .containsExactly("FT(M1)", "FT(M2)", "FT(M3)", "FT(M4)", "FT(M5)");
    for (int i = 0; i < 5; i++) {
      assertThat(table.rows().get(i).entries().get(i)).isEqualTo(TransferTable.Entry.NONE);
    }
    assertThat(at(table, 3, 4).cell().value()).isCloseTo(0.771, within());
    assertThat(at(table, 0, 3).cell().value()).isCloseTo(0.275, within());
  }

  @Test
  void gainsAreOverTheTargetAndOverItsPlainFineTuningAndJudgedByTheirNoise() {
    TransferTable table = Report.of(MATRIX).transfers().getFirst();
    TransferTable.Entry up = at(table, 3, 4); // M5 + Δ4: 77.1 over 65.5, and over 75.5
    assertThat(up.overBase().difference()).isCloseTo(0.116, within());
    assertThat(up.overBase().verdict()).isEqualTo(Gain.Verdict.BETTER);
    assertThat(up.overPlain().difference()).isCloseTo(0.016, within());
    assertThat(up.overPlain().verdict()).isEqualTo(Gain.Verdict.WITHIN_NOISE);
    assertThat(table.gains(up)).isEqualTo("+11.6 / +1.6");
    TransferTable.Entry down = at(table, 0, 3); // M4 + Δ1: 27.5 over 64.5
    assertThat(down.overBase().verdict()).isEqualTo(Gain.Verdict.WORSE);
    assertThat(table.gains(down)).isEqualTo("-37.0 / -48.2");
  }

  @Test
  void theStepsBehindATransferAreThoseOfItsSourceAndItsOwn() {
    List<TransferTable> tables = Report.of(MATRIX).transfers();
    assertThat(at(tables.getFirst(), 0, 1).cell().cumulativeSteps()).isEqualTo(100);
    assertThat(at(tables.getLast(), 0, 1).cell().cumulativeSteps()).isEqualTo(200);
    // Without a fine-tuning of its own the chain ends with the source's.
    TransferTable alone =
        Report.of(TransferSeries.progress(TransferSeries.matrix(Matrix.TRANSFER), Map.of()))
            .transfers()
            .getFirst();
    assertThat(at(alone, 0, 1).cell().cumulativeSteps()).isEqualTo(100);
  }

  @Test
  void aGapSaysWhyAndHasNoGain() {
    TransferTable table = Report.of(GAPS).transfers().getFirst();
    assertThat(at(table, 0, 3).cell().state()).isEqualTo(Cell.State.FAILED);
    assertThat(at(table, 1, 2).cell().state()).isEqualTo(Cell.State.RUNNING);
    assertThat(at(table, 1, 2).overBase()).isNull();
    assertThat(table.gains(at(table, 3, 4))).isEqualTo("+11.6 / –");
    assertThat(table.gains(at(table, 0, 1))).isEqualTo("– / -24.1");
  }

  @Test
  void everyScaleOfASingleTransferIsARowAndTheSourcesOwnScoreIsSaid() {
    Report report = Report.of(SINGLE);
    assertThat(report.transfers()).singleElement().satisfies(this::single);
    assertThat(report.findings()).contains("gsm8k: Instruct scores 81.1 ± 1.1 by itself.");
    assertThat(report.models())
        .extracting(Place::label)
        .contains("M1 + Δ of Instruct", "M2 + 0.5·Δ of Instruct");
  }

  private void single(TransferTable table) {
    assertThat(table.rows())
        .extracting(TransferTable.Row::label)
        .containsExactly("+ Δ of Instruct", "+ 0.5·Δ of Instruct");
    assertThat(table.hasPlain()).isFalse();
    assertThat(table.gains(at(table, 1, 1))).isEqualTo("+20.6");
  }

  @Test
  void theHeatMapTintsEachCellByItsGain() throws Exception {
    Document page = parse(ReportFormat.HTML.render(Report.of(MATRIX), UNICODE));
    List<Element> maps = withClass(page, "table", "heat");
    assertThat(maps).as("over the base and over plain, before and after training").hasSize(4);
    List<Element> cells = withClass(maps.getFirst(), "td", "down-5");
    // Two transfers across the gap lose more than four fifths of the largest change.
    assertThat(cells)
        .extracting(Element::getTextContent)
        .contains("▼ -48.217.3 ± 1.0", "▼ -45.919.6 ± 1.1")
        .allMatch(text -> text.startsWith("▼ -"));
    assertThat(withClass(maps.getFirst(), "td", "no_model")).hasSize(5);
    assertThat(withClass(maps.get(1), "td", "up-1"))
        .extracting(Element::getTextContent)
        .containsExactly("+1.677.1 ± 1.2");
  }

  @Test
  void aTerminalWithoutUnicodeGetsAsciiOnlyAndNoLineIsTooWide() {
    for (SeriesProgress progress : List.of(MATRIX, GAPS, SINGLE)) {
      String text = ReportFormat.TERMINAL.render(Report.of(progress), ASCII);
      assertThat(text.chars()).allMatch(c -> c < 128);
      for (int width : new int[] {60, 80, 120}) {
        Terminal terminal = new Terminal(width, 0, false, true, false, ZoneId.of("Europe/Berlin"));
        assertThat(ReportFormat.TERMINAL.render(Report.of(progress), terminal).lines())
            .filteredOn(line -> !line.contains("/data/"))
            .allMatch(line -> Width.of(line) <= width, "at most " + width + " columns");
      }
    }
  }

  private static TransferTable.Entry at(TransferTable table, int row, int column) {
    return table.rows().get(row).entries().get(column);
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-9);
  }

  private static Document parse(String html) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html)));
  }

  private static List<Element> withClass(Document page, String tag, String name) {
    return withClass(page.getDocumentElement(), tag, name);
  }

  private static List<Element> withClass(Element within, String tag, String name) {
    NodeList nodes = within.getElementsByTagName(tag);
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      Element element = (Element) nodes.item(i);
      if (List.of(element.getAttribute("class").split(" ", -1)).contains(name)) {
        found.add(element);
      }
    }
    return found;
  }

  private static void check(String name, SeriesProgress progress, ReportFormat format) {
    Golden.check(
        "report/" + name + "." + format.extension(), format.render(Report.of(progress), UNICODE));
  }
}
