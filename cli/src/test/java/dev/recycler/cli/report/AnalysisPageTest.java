package dev.recycler.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.merge.Analysis;
import dev.recycler.activities.merge.DeltaStats;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class AnalysisPageTest {
  private static final Map<String, String> MODELS =
      new TreeMap<>(Map.of("Base", "m1", "Fine-tuned", "<m1> & \"tuned\""));

  private static DeltaStats stats(String name, double delta, double cosine) {
    double distance = Double.isNaN(cosine) ? Double.NaN : 4;
    return new DeltaStats(name, 1000, delta, 10, distance, cosine, 250, 75, 0.5, 7, "w." + name);
  }

  /** Layers whose differences grow and whose directions turn round. */
  private static Analysis analysis(int layers, boolean withTarget) {
    List<DeltaStats> rows = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      rows.add(stats("layer " + i, 1 + i, withTarget ? 0.3 - 0.2 * i : Double.NaN));
    }
    return new Analysis(
        List.of(stats("<script>", 1, withTarget ? 0.3 : Double.NaN)),
        rows,
        stats("all", 2, withTarget ? 0.01 : Double.NaN));
  }

  private static Document page(Analysis analysis) throws Exception {
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    factory.setExpandEntityReferences(false);
    return factory
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(AnalysisPage.render(analysis, MODELS))));
  }

  private static List<Element> elements(Document page, String tag) {
    NodeList nodes = page.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  @Test
  void thePageIsWellFormedAndNamesNothingElsewhere() throws Exception {
    Document page = page(analysis(4, true));
    assertThat(elements(page, "script")).isEmpty();
    assertThat(elements(page, "h1")).hasSize(1);
    assertThat(
            elements(page, "*").stream().map(e -> e.getAttribute("id")).filter(id -> !id.isEmpty()))
        .doesNotHaveDuplicates();
    assertThat(
            AnalysisPage.render(analysis(4, true), MODELS)
                .replace("http://www.w3.org/1999/xhtml", "")
                .replace("http://www.w3.org/2000/svg", ""))
        .contains("default-src 'none'")
        .doesNotContain("http:", "https:", "url(", "@import", " src=", " href=");
  }

  @Test
  void everyLayerHasABarOfItsSizeAndOneOfItsDirection() throws Exception {
    List<Element> bars = elements(page(analysis(4, true)), "rect");
    assertThat(bars)
        .extracting(Element::getTextContent)
        .containsExactly(
            "layer 0: 0.1000",
            "layer 1: 0.2000",
            "layer 2: 0.3000",
            "layer 3: 0.4000",
            "layer 0: 0.3000",
            "layer 1: 0.1000",
            "layer 2: -0.1000",
            "layer 3: -0.3000");
    double first = number(bars.get(0), "height");
    for (int i = 1; i < 4; i++) {
      assertThat(number(bars.get(i), "height"))
          .isBetween((i + 1) * first - 0.5, (i + 1) * first + 0.5);
    }
    // Above and below one line, and told apart by more than their colour.
    double zero = number(bars.get(4), "y") + number(bars.get(4), "height");
    assertThat(number(bars.get(7), "y")).isBetween(zero - 0.2, zero + 0.2);
    assertThat(bars.subList(4, 8))
        .extracting(bar -> bar.getAttribute("class"))
        .containsExactly("bar", "bar", "bar below", "bar below");
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  @Test
  void withoutATargetThereIsNoDirection() throws Exception {
    Document page = page(analysis(3, false));
    assertThat(elements(page, "figure")).hasSize(1);
    assertThat(page.getDocumentElement().getTextContent())
        .doesNotContain("osine", "NaN")
        .contains("‖Δ‖ is 2.000, 0.2000 of ‖base‖; 75.00 % of the values changed.")
        .contains("10.00 % of the changed values would be back at the base's");
  }

  @Test
  void aModelWithoutLayersAndOneThatDidNotChangeHavePagesToo() throws Exception {
    assertThat(elements(page(analysis(0, true)), "figure")).isEmpty();
    DeltaStats none = new DeltaStats("layer 0", 9, 0, 3, 1, Double.NaN, 9, 0, 0, -1, "");
    Document page = page(new Analysis(List.of(none), List.of(none), none));
    assertThat(elements(page, "rect")).hasSize(1);
    assertThat(page.getDocumentElement().getTextContent()).doesNotContain("NaN", "Infinity");
  }

  @Test
  void aHundredLayersHaveLabelsThatDoNotOverlap() throws Exception {
    Document page = page(analysis(100, true));
    assertThat(elements(page, "rect")).hasSize(200);
    assertThat(
            elements(page, "text").stream()
                .filter(text -> text.getAttribute("class").equals("tick across")))
        .hasSizeBetween(10, 60);
  }
}
