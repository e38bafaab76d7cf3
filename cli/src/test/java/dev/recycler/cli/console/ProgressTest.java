package dev.recycler.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter err = new StringWriter();
  private long now;

  private Progress progress(Terminal terminal) {
    Console console =
        new Console(
            new PrintWriter(new StringWriter()), new PrintWriter(err, true), Optional.empty());
    return new Progress(console, terminal, () -> now);
  }

  private static Terminal live(int width) {
    return new Terminal(width, 24, false, true, true, ZoneOffset.UTC);
  }

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void offATerminalALineIsPrintedNowAndThenAndNothingIsRedrawn() {
    try (Progress progress = progress(Terminal.plain(true, ZoneOffset.UTC))) {
      progress.begin("Installing");
      for (int second = 0; second < 40; second++) {
        pass(1);
        progress.detail("half of it");
      }
      progress.done("in /cache");
    }
    assertThat(err.toString().lines())
        .containsExactly(
            "Installing",
            "  half of it  15 s",
            "  half of it  30 s",
            "✓ Installing  in /cache  40 s");
  }

  @Test
  void onATerminalNoLineIsWiderThanIt() {
    try (Progress progress = progress(live(50))) {
      progress.begin("Installing the tools");
      pass(3);
      progress.detail(0.5, "downloading something with a name that has no end at all");
    }
    for (String line : err.toString().split("\r", -1)) {
      assertThat(line.replaceAll("\u001b\\[[0-9;]*[a-zA-Z]", "")).hasSizeLessThan(50);
    }
  }

  @Test
  void onATerminalTheLineIsErasedInTheEnd() {
    try (Progress progress = progress(live(80))) {
      progress.begin("Installing");
      progress.detail("half of it");
    }
    assertThat(err.toString()).endsWith("\r\u001b[K");
  }
}
