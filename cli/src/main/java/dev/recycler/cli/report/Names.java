package dev.recycler.cli.report;

import java.util.Locale;

/** A report's labels and sentences, which are written in Unicode, where there is only ASCII. */
final class Names {
  private Names() {}

  static String ascii(String text) {
    String ascii =
        text.replace("Δ", "D")
            .replace("±", "+-")
            .replace("–", "-")
            .replace("▲", "^")
            .replace("▼", "v")
            .replace("λ", "scale")
            .replace("·", "|")
            .replace("─", "-");
    return ascii;
  }

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
