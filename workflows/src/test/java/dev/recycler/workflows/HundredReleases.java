package dev.recycler.workflows;

import static dev.recycler.workflows.SpecFixtures.evaluation;
import static dev.recycler.workflows.SpecFixtures.series;
import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The longest series we think of, on a real server, with steps that do nothing; prints what it
 * costs. Not part of the suite, for it takes minutes:
 *
 * <pre>
 * temporal server start-dev --headless --port 7999
 * ./mvnw test -pl workflows -am -Dtest=HundredReleases -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Drecycler.test.server=127.0.0.1:7999
 * </pre>
 *
 * <p>{@code -Drecycler.test.releases=N} makes it shorter.
 */
@EnabledIfSystemProperty(named = "recycler.test.server", matches = ".+")
class HundredReleases {
  private static final SeriesSpec SPEC =
      series(
          Integer.getInteger("recycler.test.releases", 100),
          List.of(Strategy.ITERATIVE, Strategy.DIRECT, Strategy.PLAIN),
          evaluation(
              "gsm8k", Subject.BASE, Subject.MERGED, Subject.FINETUNED, Subject.CHECKPOINTS));

  @Test
  void runToTheEnd() {
    StubSteps steps = new StubSteps(LongStream.rangeClosed(1, 10).boxed().toArray(Long[]::new));
    Instant begin = Instant.now();
    try (SeriesHarness series = new SeriesHarness(SPEC, steps)) {
      SeriesProgress result = series.result();
      Duration time = Duration.between(begin, Instant.now());
      assertThat(result.state()).isEqualTo(SeriesState.FINISHED);
      assertThat(steps.started).doesNotHaveDuplicates().hasSize(result.steps().size());
      System.out.printf(
          "%d steps in %d s: %.0f ms a step%n",
          steps.started.size(), time.toSeconds(), (double) time.toMillis() / steps.started.size());
      Instant asked = Instant.now();
      series.workflow().progress();
      System.out.printf("%d runs of the workflow%n", series.runs().size());
      System.out.printf("query: %d ms%n", Duration.between(asked, Instant.now()).toMillis());
      series.runs().forEach(System.out::println);
    }
  }
}
