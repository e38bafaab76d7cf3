package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.progress.SeriesProgress;
import java.io.StringReader;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {
  static Stream<SeriesProgress> series() {
    return Stream.of(
        SyntheticSeries.five().progress(SyntheticSeries.END),
        SyntheticSeries.five().progress(0),
        SyntheticSeries.five().progress(150),
        SyntheticSeries.five().cancelled(60),
        SyntheticSeries.five().withoutStandardErrors().progress(SyntheticSeries.END),
        SyntheticSeries.five()
            .failing("M1.plain.finetune", "<script>alert(1)</script> & \"quotes\" \u001b[31m")
            .progress(SyntheticSeries.END),
        SyntheticSeries.many(100).progress(SyntheticSeries.END),
        TransferSeries.progress(TransferSeries.lines(), Map.of()));
  }

  @ParameterizedTest
  @MethodSource("series")
  void aPageIsWellFormedWhateverTheSeries(SeriesProgress progress) throws Exception {
    Document page = parse(html(progress));
    assertThat(elements(page, "script")).isEmpty();
    assertThat(elements(page, "h1")).hasSize(1);
    assertThat(
            elements(page, "*").stream().map(e -> e.getAttribute("id")).filter(id -> !id.isEmpty()))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("series")
  void aPageNamesNothingElsewhere(SeriesProgress progress) {
    String html =
        html(progress)
            .replace("http://www.w3.org/1999/xhtml", "")
            .replace("http://www.w3.org/2000/svg", "");
    assertThat(html)
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("url(")
        .doesNotContain("@import")
        .doesNotContain(" src=")
        .doesNotContain(" href=");
  }

  @ParameterizedTest
  @MethodSource("series")
  void aChartHasAMarkForEveryScoreAndATableBehindIt(SeriesProgress progress) throws Exception {
    Report report = Report.of(progress);
    Document page = parse(html(progress));
    List<Chart> charts = new ArrayList<>();
    for (int i = 0; i < report.tables().size(); i++) {
      Charts.releases(report.tables().get(i), "scores-" + (i + 1) + "-chart")
          .ifPresent(charts::add);
    }
    report.convergence().forEach(curves -> charts.add(Charts.convergence(curves, "c")));
    if (!report.connectivity().isEmpty()) {
      ConnectivityChart.of(report.connectivity(), report.releases(), "l").ifPresent(charts::add);
    }
    int marks =
        charts.stream().flatMap(c -> c.lines().stream()).mapToInt(l -> l.marks().size()).sum();
    assertThat(withClass(page, "path", "mark")).hasSize(marks);
    assertThat(elements(page, "figure"))
        .hasSameSizeAs(charts)
        .allSatisfy(
            figure -> {
              assertThat(figure.getElementsByTagName("details").getLength()).isEqualTo(1);
              assertThat(figure.getElementsByTagName("td").getLength()).isPositive();
            });
  }

  @Test
  void theMarksOfTheFiveReleasesAreTheTableAndTheCurve() throws Exception {
    Document page = parse(html(SyntheticSeries.five().progress(SyntheticSeries.END)));
    assertThat(withClass(page, "path", "mark")).hasSize(26 + 9);
    assertThat(withClass(page, "path", "mark"))
        .extracting(Element::getTextContent)
        .contains("FT(M5 + Δiter): 84.5 ± 2.6", "FT(M5) after 50 steps: 20.0 ± 2.8");
  }

  @Test
  void aHigherScoreIsDrawnHigher() throws Exception {
    Document page = parse(html(SyntheticSeries.five().progress(SyntheticSeries.END)));
    assertThat(top(page, "FT(M5 + Δiter): 84.5")).isLessThan(top(page, "M5 + Δiter: 70.0"));
    assertThat(top(page, "M5 + Δiter: 70.0")).isLessThan(top(page, "FT(M5): 35.0"));
  }

  @Test
  void aChartCanBeReadAloud() throws Exception {
    Document page = parse(html(SyntheticSeries.five().progress(SyntheticSeries.END)));
    List<Element> charts = withClass(page, "svg", "chart");
    assertThat(charts).hasSize(2);
    assertThat(charts)
        .allSatisfy(
            chart -> {
              assertThat(chart.getAttribute("role")).isEqualTo("img");
              for (String id : chart.getAttribute("aria-labelledby").split(" ", -1)) {
                assertThat(elements(page, "*"))
                    .filteredOn(element -> element.getAttribute("id").equals(id))
                    .singleElement()
                    .satisfies(element -> assertThat(element.getTextContent()).isNotBlank());
              }
            });
  }

  @Test
  void theBestIsToldByMoreThanColour() throws Exception {
    Document page = parse(html(SyntheticSeries.five().progress(SyntheticSeries.END)));
    assertThat(withClass(page, "td", "best"))
        .hasSize(6)
        .allSatisfy(cell -> assertThat(cell.getTextContent()).startsWith("▲ "));
  }

  private static double top(Document page, String label) {
    String path =
        withClass(page, "path", "mark").stream()
            .filter(mark -> mark.getTextContent().startsWith(label))
            .findFirst()
            .orElseThrow()
            .getAttribute("d");
    return Double.parseDouble(path.replaceFirst("M[0-9.]+ ([0-9.]+).*", "$1"));
  }

  private static String html(SeriesProgress progress) {
    return ReportFormat.HTML.render(Report.of(progress), Terminal.plain(true, ZoneOffset.UTC));
  }

  private static Document parse(String html) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
    factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
    factory.setExpandEntityReferences(false);
    DocumentBuilder builder = factory.newDocumentBuilder();
    return builder.parse(new InputSource(new StringReader(html)));
  }

  private static List<Element> elements(Document page, String tag) {
    NodeList nodes = page.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static List<Element> withClass(Document page, String tag, String name) {
    return elements(page, tag).stream()
        .filter(element -> List.of(element.getAttribute("class").split(" ", -1)).contains(name))
        .toList();
  }
}
