package dev.recycler.workflows;

import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.SeriesSpec;
import dev.recycler.workflows.spec.Strategy;
import dev.recycler.workflows.spec.Subject;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Series for tests. */
public final class SpecFixtures {
  private SpecFixtures() {}

  public static SeriesSpec series(
      int releases, List<Strategy> strategies, EvaluationSpec... evaluations) {
    return new SeriesSpec(
        "toy",
        "/store",
        IntStream.rangeClosed(1, releases)
            .mapToObj(i -> new Release("M" + i, "/models/m" + i))
            .toList(),
        strategies,
        new FinetuneSpec(
            "trl", null, "/data/train", Map.of("learning_rate", "1e-3"), Map.of("A", "b")),
        MergeSpec.DEFAULT,
        List.of(evaluations));
  }

  public static EvaluationSpec evaluation(String name, Subject first, Subject... more) {
    return new EvaluationSpec(
        name,
        "lm-eval",
        null,
        name,
        null,
        List.of("/tasks"),
        List.of("/data/test.jsonl"),
        EnumSet.of(first, more),
        Map.of("batch_size", "64"),
        Map.of());
  }
}
