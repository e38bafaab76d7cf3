package dev.recycler.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.report.SyntheticSeries;
import dev.recycler.cli.terminal.Screen;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.workflows.progress.SeriesProgress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private static final Terminal LIVE = new Terminal(80, 50, false, true, true, ZoneOffset.UTC);
  private final StringWriter written = new StringWriter();

  @Test
  void aScreenIsRewrittenInPlace() {
    SyntheticSeries series = SyntheticSeries.five();
    try (LiveView view = new LiveView(new PrintWriter(written), LIVE)) {
      for (int second = 0; second < 230; second += 10) {
        view.show(series.progress(second), Map.of(), SyntheticSeries.at(second));
      }
      view.show(series.progress(SyntheticSeries.END), Map.of(), SyntheticSeries.at(230));
    }
    assertThat(screen(written.toString()))
        .containsExactlyElementsOf(
            StatusScreen.lines(
                series.progress(SyntheticSeries.END), Map.of(), SyntheticSeries.at(230), LIVE, ""));
  }

  @Test
  void aScreenTallerThanTheTerminalKeepsItsHeadAndItsCommand() {
    Terminal low = new Terminal(80, 12, false, true, true, ZoneOffset.UTC);
    SeriesProgress progress = SyntheticSeries.many(100).progress(3000);
    try (LiveView view = new LiveView(new PrintWriter(written), low)) {
      view.show(progress, Map.of(), SyntheticSeries.at(3000));
      view.show(progress, Map.of(), SyntheticSeries.at(3001));
    }
    List<String> screen = screen(written.toString());
    assertThat(screen).hasSize(11);
    assertThat(screen.getFirst()).startsWith("many  running");
    assertThat(screen.getLast()).startsWith("recycler logs many ");
  }

  @Test
  void theCursorIsGivenBackOnceHoweverOftenItIsClosed() {
    LiveView view = new LiveView(new PrintWriter(written), LIVE);
    view.show(SyntheticSeries.five().progress(9), Map.of(), SyntheticSeries.at(9));
    view.close();
    view.close();
    view.show(SyntheticSeries.five().progress(10), Map.of(), SyntheticSeries.at(10));
    assertThat(written.toString()).containsOnlyOnce("\u001b[?25l").endsWith("\u001b[?25h");
    assertThat(written.toString()).containsOnlyOnce("\u001b[?25h");
  }

  @Test
  void withoutATerminalThereIsALineAChangeAndNoEscapeSequence() {
    SyntheticSeries series = SyntheticSeries.five();
    try (LiveView view =
        new LiveView(new PrintWriter(written), Terminal.plain(true, ZoneOffset.UTC))) {
      for (int second : new int[] {0, 0, 1, 1, 1}) {
        view.show(series.progress(second), Map.of(), SyntheticSeries.at(second));
      }
    }
    assertThat(written.toString())
        .isEqualTo(
            """
            series mini: 0 of 52 steps done
            prepare started
            prepare done in 1.0 s
            M1.fetch started
            M2.fetch started
            """);
  }

  /** The lines above the cursor. */
  private static List<String> screen(String written) {
    List<String> lines = Screen.after(written);
    return lines.subList(0, lines.size() - 1);
  }
}
