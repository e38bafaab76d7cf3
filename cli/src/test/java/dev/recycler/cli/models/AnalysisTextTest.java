package dev.recycler.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.merge.Analysis;
import dev.recycler.activities.merge.DeltaStats;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of a difference in terminals of several widths. */
class AnalysisTextTest {
  private static final String LONG = "model.layers.31.self_attn.q_proj.weight";

  private static DeltaStats stats(String name, double targetDistance) {
    return new DeltaStats(
        name,
        1_235_814_400,
        12.5,
        100,
        targetDistance,
        Double.isNaN(targetDistance) ? Double.NaN : 0.25,
        308_953_600,
        5,
        1.25e-5,
        0,
        name);
  }

  private static List<String> table(int width, double targetDistance) {
    List<DeltaStats> tensors = List.of(stats(LONG, targetDistance), stats("w", targetDistance));
    Analysis analysis =
        new Analysis(
            tensors, List.of(stats("layer 0", targetDistance)), stats("all", targetDistance));
    return AnalysisText.table(analysis, terminal(width)).lines().toList();
  }

  private static Terminal terminal(int width) {
    return new Terminal(width, 24, false, true, false, ZoneOffset.UTC);
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 60, 80, 100, 120})
  void noLineIsWiderThanTheTerminal(int width) {
    assertThat(table(width, 50))
        .allSatisfy(line -> assertThat(Width.of(line)).isLessThan(width + 1));
  }

  @Test
  void aWideTerminalShowsAll() {
    assertThat(table(200, 50)).hasSize(5);
    assertThat(table(200, 50).getFirst().split(" +"))
        .containsExactly(
            "",
            "values",
            "|Δ|",
            "|Δ|/|base|",
            "|T−base|",
            "cos",
            "changed",
            "lost",
            "bf16",
            "largest");
    assertThat(table(200, 50).get(1).split(" +"))
        .containsExactly(
            LONG,
            "1,235,814,400",
            "12.50",
            "0.1250",
            "50.00",
            "0.2500",
            "75.00%",
            "0.00%",
            "1.250e-05");
  }

  @Test
  void withoutATargetNothingIsSaidOfIt() {
    assertThat(table(200, Double.NaN)).hasSize(5).noneMatch(line -> line.contains("–"));
    assertThat(table(200, Double.NaN).getFirst()).doesNotContain("T−base", "cos");
  }

  @Test
  void aNarrowOneLeavesOutWhatMattersLeastAndSaysSo() {
    List<String> lines = table(80, 50);
    assertThat(lines.getFirst().split(" +"))
        .containsExactly("", "|Δ|", "|Δ|/|base|", "cos", "changed", "lost", "bf16");
    assertThat(lines.get(1)).startsWith("…ayers.31.self_attn.q_proj.weight  ");
    assertThat(lines.getLast())
        .isEqualTo(
            "Too wide for here: values, |T−base|, largest; --json and --html FILE have all.");
  }
}
