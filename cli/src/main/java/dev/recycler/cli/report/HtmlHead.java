package dev.recycler.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What all pages begin with: the policy that forbids to load and to run anything, and the style.
 */
final class HtmlHead {
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

  private HtmlHead() {}

  static void write(Markup page, String title) {
    open(page, title, POLICY);
    page.closeLine();
  }

  /** The same for a page that renews itself. */
  static void writeLive(Markup page, String title) {
    open(page, title, POLICY + "; " + LivePage.policy());
    page.script(LivePage.script());
    page.closeLine();
  }

  private static void open(Markup page, String title, String policy) {
    page.open("head");
    page.empty("meta", "charset", "utf-8");
    page.empty("meta", "http-equiv", "Content-Security-Policy", "content", policy);
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.element("title", title);
    page.style(resource("report.css"));
  }

  static String resource(String name) {
    try (InputStream file = HtmlHead.class.getResourceAsStream(name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
