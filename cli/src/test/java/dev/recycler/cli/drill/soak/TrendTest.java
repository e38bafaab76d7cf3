package dev.recycler.cli.drill.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A soak's judgement: what leaks is seen, what only fills or shakes is not blamed. */
class TrendTest {
  @TempDir Path folder;

  @Test
  void memoryThatFillsAndStaysIsLevel() {
    Trend trend = hour(Figure.WORKER_ANON, minute -> 180 - 90 * Math.exp(-minute / 6));
    assertThat(trend.holds()).isTrue();
    assertThat(trend.level()).isBetween(179.0, 180.0);
  }

  @Test
  void aLeakIsNotLevel() {
    // Two and a half MiB a minute: a worker that is gone after half a day.
    assertThat(hour(Figure.WORKER_ANON, minute -> 180 + 2.5 * minute).holds()).isFalse();
    assertThat(hour(Figure.WORKER_FILES, minute -> 70 + minute / 2).holds()).isFalse();
  }

  @Test
  void faultsThatStandOutDoNotBendTheLine() {
    SplittableRandom random = new SplittableRandom(7);
    Trend trend =
        hour(Figure.WORKER_THREADS, minute -> random.nextInt(8) == 0 ? 400 : 60 + minute % 3);
    assertThat(trend.growth()).isBetween(-2.0, 2.0);
    assertThat(trend.holds()).isTrue();
  }

  @Test
  void whatGrowsWithTheReleasesIsJudgedByTheRelease() throws Exception {
    assertThat(fed(Figure.STORE_FILES, done -> 40 + 9 * done).holds()).isTrue();
    assertThat(fed(Figure.STORE_FILES, done -> 40 + 0.02 * done * done).holds()).isFalse();
  }

  @Test
  void aSeriesStateMayTakeItsShareOfAWorkersHeapAndNoMore() throws Exception {
    assertThat(fed(Figure.WORKER_HEAP, done -> 16 + 0.05 * done).holds()).isTrue();
    assertThat(fed(Figure.WORKER_HEAP, done -> 16 + 0.12 * done).holds()).isFalse();
    assertThat(fed(Figure.WORKER_HEAP, done -> 16 + 0.0001 * done * done).holds()).isFalse();
  }

  @Test
  void aLimitIsForEveryMoment() {
    Trend trend = hour(Figure.HISTORY_EVENTS, minute -> minute == 20 ? 11_000 : 500);
    assertThat(trend.holds()).isFalse();
    assertThat(trend.text()).contains("11000", "may be 10240");
  }

  @Test
  void samplesAreKeptAndDrawn() throws Exception {
    Path file = folder.resolve("soak.csv");
    Samples samples = new Samples(file);
    samples.add(new Samples.Sample(0, Map.of(Figure.DONE, 0.0, Figure.WORKER_ANON, 90.5)));
    samples.add(new Samples.Sample(1, Map.of(Figure.DONE, 12.0, Figure.STORE_FILES, 30.0)));
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    assertThat(lines.getFirst()).startsWith("minute,fed,done,worker_rss,worker_anon");
    assertThat(lines.get(1)).startsWith("0.000,,0.000,,90.500,");

    String svg = TrendPicture.of("a <soak> & more", samples.trends());
    var xml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(xml.getElementsByTagName("polyline").getLength()).isEqualTo(3);
  }

  /** Twelve releases a minute for an hour. */
  private Trend fed(Figure figure, DoubleUnaryOperator value) throws Exception {
    Samples samples = new Samples(folder.resolve("soak.csv"));
    for (int minute = 0; minute < 60; minute++) {
      double done = 12.0 * minute;
      samples.add(
          new Samples.Sample(minute, Map.of(Figure.DONE, done, figure, value.applyAsDouble(done))));
    }
    return samples.trends().stream()
        .filter(trend -> trend.figure() == figure)
        .findAny()
        .orElseThrow();
  }

  private static Trend hour(Figure figure, DoubleUnaryOperator value) {
    List<Trend.Point> points = new ArrayList<>();
    for (int minute = 0; minute < 60; minute++) {
      points.add(new Trend.Point(minute, value.applyAsDouble(minute)));
    }
    return new Trend(figure, points);
  }
}
