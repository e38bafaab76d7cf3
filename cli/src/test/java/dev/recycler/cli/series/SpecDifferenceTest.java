package dev.recycler.cli.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecDifferenceTest {
  static SeriesSpec spec(String model, String rate) {
    return spec(model, Map.of("learning_rate", rate));
  }

  private static SeriesSpec spec(String model, Map<String, String> arguments) {
    return new SeriesSpec(
        "toy",
        "/store",
        List.of(new Release("M1", "/m1"), new Release("M2", model)),
        List.of(Strategy.ITERATIVE),
        new FinetuneSpec("trl", null, "/data", arguments, Map.of()),
        MergeSpec.DEFAULT,
        List.of());
  }

  @Test
  void equalSeriesHaveNone() {
    assertThat(SpecDifference.between(spec("/m2", "1e-3"), spec("/m2", "1e-3"))).isEmpty();
  }

  @Test
  void namesTheKeyAndBothValues() {
    assertThat(SpecDifference.between(spec("/m2", "1e-3"), spec("/other", "2e-3")))
        .containsExactly(
            "releases[1].model is /m2 there and /other here",
            "finetune.arguments.learning_rate is 1e-3 there and 2e-3 here");
  }

  /** Who is asked for a yes sees all that it is to; a sentence names the first few. */
  @Test
  void allOfThemAreToldWhereSomebodyIsAsked() {
    SeriesSpec there = spec("/m2", Map.of("a", "1"));
    SeriesSpec here = spec("/other", Map.of("a", "2", "b", "3", "c", "4"));
    assertThat(SpecDifference.all(there, here))
        .containsExactlyInAnyOrder(
            "releases[1].model is /m2 there and /other here",
            "finetune.arguments.a is 1 there and 2 here",
            "finetune.arguments.b is not set there and 3 here",
            "finetune.arguments.c is not set there and 4 here");
    assertThat(SpecDifference.between(there, here)).hasSize(4).endsWith("and 1 more");
  }

  @Test
  void aListIsComparedElementByElement() {
    SeriesSpec two = spec("/m2", "1");
    SeriesSpec one =
        new SeriesSpec(
            "toy",
            "/store",
            two.releases().subList(0, 1),
            two.strategies(),
            two.finetune(),
            two.merge(),
            List.of());
    assertThat(SpecDifference.all(two, one))
        .containsExactly(
            "releases[1] is {\"name\":\"M2\",\"model\":\"/m2\"} there and not set here");
  }
}
