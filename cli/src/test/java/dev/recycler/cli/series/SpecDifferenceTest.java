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
    return new SeriesSpec(
        "toy",
        "/store",
        List.of(new Release("M1", "/m1"), new Release("M2", model)),
        List.of(Strategy.ITERATIVE),
        new FinetuneSpec("trl", null, "/data", Map.of("learning_rate", rate), Map.of()),
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
}
