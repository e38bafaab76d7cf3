package dev.recycler.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What all pages begin with: the policy that forbids to load and to run anything, and the style.
 */
final class HtmlHead {
  private HtmlHead() {}

  static void write(Markup page, String title) {
    page.open("head");
    page.empty("meta", "charset", "utf-8");
    page.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.element("title", title);
    page.style(css());
    page.closeLine();
  }

  private static String css() {
    try (InputStream css = HtmlHead.class.getResourceAsStream("report.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
