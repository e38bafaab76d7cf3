package dev.recycler.cli.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneId;
import java.util.Base64;

/**
 * A report as a page that renews itself from where it came from, and asks nobody else: its policy
 * allows one script, ours, and one place, its own.
 *
 * @param sentence how fresh it is and whether it is renewed, for the reader
 * @param renewed whether it goes on renewing itself
 */
public record LivePage(String sentence, boolean renewed) {
  /** The page's text. */
  public String render(Report report, ZoneId zone) {
    return new HtmlReport(report, zone, this).render();
  }

  static String script() {
    return "\n" + HtmlHead.resource("live.js");
  }

  static String policy() {
    return "script-src 'sha256-%s'; connect-src 'self'".formatted(sha256(script()));
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
