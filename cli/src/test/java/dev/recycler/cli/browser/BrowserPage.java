package dev.recycler.cli.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A page that a browser shows. */
public final class BrowserPage {
  private final DevTools tools;
  private final String session;

  private BrowserPage(DevTools tools, String session) {
    this.tools = tools;
    this.session = session;
  }

  static BrowserPage load(DevTools tools, String session, URI address) throws InterruptedException {
    BrowserPage page = new BrowserPage(tools, session);
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      page.call(domain + ".enable", Map.of());
    }
    page.call("Page.navigate", Map.of("url", address.toString()));
    tools.await(session, "Page.loadEventFired");
    return page;
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws InterruptedException {
    return tools.call(session, method, parameters);
  }

  /** The value of an expression in the page; a promise is waited for. */
  public JsonNode read(String expression) throws InterruptedException {
    JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(result.get("exceptionDetails").toString());
    }
    return result.path("result").path("value");
  }

  /** Errors and warnings of the page's console, exceptions and refused requests among them. */
  public List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    for (JsonNode event : tools.events(session)) {
      JsonNode parameters = event.path("params");
      switch (event.path("method").asText()) {
        case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
        case "Runtime.consoleAPICalled" -> complaints.add(parameters.path("args").toString());
        case "Log.entryAdded" -> complaints.add(parameters.path("entry").path("text").asText());
        default -> {
          // Not a complaint.
        }
      }
    }
    return complaints;
  }

  /** The addresses of everything that the page asked for, itself first. */
  public List<String> requests() {
    return tools.events(session).stream()
        .filter(event -> event.path("method").asText().equals("Network.requestWillBeSent"))
        .map(event -> event.path("params").path("request").path("url").asText())
        .toList();
  }

  /** Shows it in a window of this size, in CSS pixels. */
  public void resize(int width, int height) throws InterruptedException {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /**
   * Shows it as on this medium.
   *
   * @param medium {@code screen} or {@code print}
   * @param scheme {@code light} or {@code dark}
   */
  public void medium(String medium, String scheme) throws InterruptedException {
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            medium,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Writes a picture of the whole page. */
  public void picture(Path png) throws IOException, InterruptedException {
    JsonNode taken =
        call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    Files.createDirectories(png.getParent());
    Files.write(png, Base64.getDecoder().decode(taken.get("data").asText()));
  }

  /**
   * What axe-core finds wrong that is serious or worse, one line each: the rule, what it is about,
   * and the first element.
   *
   * @param axe the text of its script
   */
  public List<String> barriers(String axe) throws InterruptedException {
    read(axe + "; undefined");
    JsonNode violations = read("axe.run().then(found => found.violations)");
    List<String> barriers = new ArrayList<>();
    for (JsonNode violation : violations) {
      if (List.of("serious", "critical").contains(violation.path("impact").asText())) {
        JsonNode first = violation.path("nodes").path(0);
        barriers.add(
            "%s: %s: %s %s"
                .formatted(
                    violation.path("id").asText(),
                    violation.path("help").asText(),
                    first.path("failureSummary").asText(),
                    first.path("html").asText()));
      }
    }
    return barriers;
  }
}
