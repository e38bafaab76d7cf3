package dev.recycler.cli.terminal;

import java.nio.charset.Charset;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What the place that text goes to can show, and to whom.
 *
 * @param width columns, at least 40
 * @param height lines, or 0 where there is no end (a file, a pager)
 * @param colour whether escape sequences may colour text
 * @param unicode whether characters beyond ASCII may be written
 * @param live whether lines already written can be rewritten
 * @param zones gives the reader's time zone; asked where a time is written, for finding it out
 *     costs a command more than all else that it does before its work
 */
public record Terminal(
    int width, int height, boolean colour, boolean unicode, boolean live, Supplier<ZoneId> zones) {
  private static final int NARROWEST = 40;
  private static final String ESCAPE = "\u001b[";

  public Terminal {
    Objects.requireNonNull(zones, "zones");
    width = Math.max(NARROWEST, width);
  }

  /** One whose reader's time zone is known. */
  public Terminal(
      int width, int height, boolean colour, boolean unicode, boolean live, ZoneId zone) {
    this(width, height, colour, unicode, live, () -> zone);
  }

  /** The reader's time zone. */
  public ZoneId zone() {
    return zones.get();
  }

  /** 80 columns without colour, redraw or end: what a file or a pipe is. */
  public static Terminal plain(boolean unicode, ZoneId zone) {
    return new Terminal(80, 0, false, unicode, false, zone);
  }

  /**
   * What the environment says of standard output: {@code NO_COLOR}, {@code TERM}, {@code COLUMNS}
   * and {@code LINES}.
   *
   * @param tty whether standard output is a terminal
   * @param encoding what standard output is written in
   */
  public static Terminal of(
      Map<String, String> environment, boolean tty, Charset encoding, Supplier<ZoneId> zones) {
    boolean capable = tty && !"dumb".equals(environment.get("TERM"));
    return new Terminal(
        tty ? number(environment, "COLUMNS", 80) : 80,
        tty ? number(environment, "LINES", 24) : 0,
        capable && environment.getOrDefault("NO_COLOR", "").isEmpty(),
        encoding.newEncoder().canEncode("✓━±Δ"),
        capable,
        zones);
  }

  private static int number(Map<String, String> environment, String name, int otherwise) {
    try {
      int value = Integer.parseInt(environment.getOrDefault(name, "").strip());
      return value > 0 ? value : otherwise;
    } catch (NumberFormatException notANumber) {
      return otherwise;
    }
  }

  /** The text in its ink, or as it is where there is no colour. */
  public String paint(Ink ink, String text) {
    return !colour || ink == Ink.PLAIN || text.isEmpty()
        ? text
        : ESCAPE + ink.code() + "m" + text + ESCAPE + "0m";
  }

  /** One of two texts: the one that this terminal can show. */
  public String either(String unicodeText, String asciiText) {
    return unicode ? unicodeText : asciiText;
  }

  /** The text, in characters that this terminal can show. */
  public String text(String text) {
    return unicode ? text : Ascii.of(text);
  }

  /** A moment on the reader's clock, e.g. {@code 2026-11-21 14:30:17 +01:00}. */
  public String time(Instant moment) {
    // Not by a formatter: its tables of names cost a tenth of a second of every start.
    OffsetDateTime local = moment.truncatedTo(ChronoUnit.SECONDS).atZone(zone()).toOffsetDateTime();
    String second = local.getSecond() == 0 ? ":00" : "";
    return local.toLocalDate() + " " + local.toLocalTime() + second + " " + local.getOffset();
  }

  /** Between the parts of a line. */
  public String separator() {
    return either(" · ", " | ");
  }

  /**
   * A bar, filled from the left.
   *
   * @param share from 0 to 1
   */
  public String bar(double share, int columns) {
    int full = (int) Math.round(Math.clamp(share, 0, 1) * columns);
    return paint(Ink.ACTIVE, either("━", "#").repeat(full))
        + paint(Ink.FAINT, either("─", ".").repeat(columns - full));
  }

  /** A number in at most a few characters, e.g. {@code 1.234}, {@code 5e-06}. */
  public static String brief(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e6)) {
      return String.format(Locale.ROOT, "%.2g", value);
    }
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.3g", value);
  }
}
