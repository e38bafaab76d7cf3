package dev.recycler.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
  private static final Terminal UNICODE = Terminal.plain(true, ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "0.04, 0.0 s",
    "1.2, 1.2 s",
    "9.96, 10 s",
    "59.4, 59 s",
    "59.6, 1 min 00 s",
    "200, 3 min 20 s",
    "3599.7, 1 h 00 min",
    "7500, 2 h 05 min",
    "86399, 1 d 0 h",
    "273600, 3 d 4 h"
  })
  void aDurationIsSaidInItsTwoLargestUnits(double seconds, String words) {
    assertThat(Durations.of(seconds)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "1.2345, 1.23",
    "12.345, 12.3",
    "123.4, 123",
    "5e-6, 5.0e-06",
    "0.001, 0.00100",
    "0, 0.00"
  })
  void aNumberIsBrief(double value, String text) {
    assertThat(Terminal.brief(value)).isEqualTo(text);
  }

  @Test
  void wideAndCombiningCharactersCountAsATerminalShowsThem() {
    assertThat(Width.of("模型")).isEqualTo(4);
    assertThat(Width.of("e\u0301")).isEqualTo(1);
    assertThat(Width.fit("模型模型", 6, UNICODE)).isEqualTo("模型…");
  }

  @Test
  void textIsWrappedAtBlanksAndInTheMiddleOfAWordOnlyWhereItMust() {
    assertThat(Width.wrap("one two three", 7)).containsExactly("one two", "three");
    assertThat(Width.wrap("a /very/long/path b", 6))
        .containsExactly("a", "/very/", "long/p", "ath b");
  }

  @Test
  void aLineEndsWhereTheTerminalDoes() {
    Terminal narrow = new Terminal(40, 0, true, true, false, ZoneOffset.UTC);
    Line line = new Line(narrow).add(Ink.BAD, "x".repeat(30)).add("y".repeat(30)).bar(1, 9);
    assertThat(line.columns()).isEqualTo(40);
    assertThat(line.toString()).endsWith("yyyyyyyyy…");
  }

  @Test
  void aMomentIsToldOnTheReadersClock() {
    Terminal berlin = Terminal.plain(true, ZoneId.of("Europe/Berlin"));
    assertThat(berlin.time(Instant.parse("2026-11-21T13:30:00.9Z")))
        .isEqualTo("2026-11-21 14:30:00 +01:00");
    assertThat(berlin.time(Instant.parse("2026-07-01T22:01:02Z")))
        .isEqualTo("2026-07-02 00:01:02 +02:00");
    assertThat(UNICODE.time(Instant.EPOCH)).isEqualTo("1970-01-01 00:00:00 Z");
  }

  @Test
  void theEnvironmentSaysWhatATerminalCan() {
    Map<String, String> shell = Map.of("COLUMNS", "132", "LINES", "50", "TERM", "xterm");
    Supplier<ZoneId> utc = () -> ZoneOffset.UTC;
    assertThat(Terminal.of(shell, true, StandardCharsets.UTF_8, utc))
        .isEqualTo(new Terminal(132, 50, true, true, true, utc));
    assertThat(Terminal.of(shell, false, StandardCharsets.US_ASCII, utc))
        .isEqualTo(new Terminal(80, 0, false, false, false, utc));
    assertThat(Terminal.of(Map.of("NO_COLOR", "1"), true, StandardCharsets.UTF_8, utc))
        .isEqualTo(new Terminal(80, 24, false, true, true, utc));
    assertThat(Terminal.of(Map.of("TERM", "dumb"), true, StandardCharsets.UTF_8, utc).live())
        .isFalse();
  }
}
