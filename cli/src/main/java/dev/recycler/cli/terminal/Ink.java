package dev.recycler.cli.terminal;

/** What a piece of text means; how that looks is the terminal's matter. */
public enum Ink {
  PLAIN(""),
  STRONG("1"),
  FAINT("2"),
  GOOD("32"),
  ACTIVE("36"),
  WARN("33"),
  BAD("31");

  private final String code;

  Ink(String code) {
    this.code = code;
  }

  String code() {
    return code;
  }
}
