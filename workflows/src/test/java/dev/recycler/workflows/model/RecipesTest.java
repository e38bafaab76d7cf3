package dev.recycler.workflows.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Best;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.model.Model.Merged;
import dev.recycler.workflows.spec.Strategy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecipesTest {
  private static final List<Base> FOUR = releases(4);

  @Test
  void iterativeIsAlgorithm1() {
    assertThat(written(Strategy.ITERATIVE))
        .containsExactly(
            "FT(M1)",
            "FT(M2 + (FT(M1) - M1))",
            "FT(M3 + (FT(M2 + (FT(M1) - M1)) - M2))",
            "FT(M4 + (FT(M3 + (FT(M2 + (FT(M1) - M1)) - M2)) - M3))");
  }

  @Test
  void directTakesTheDifferenceOfThePlainlyTunedReleaseBefore() {
    assertThat(written(Strategy.DIRECT))
        .containsExactly(
            "FT(M1)", "FT(M2 + (FT(M1) - M1))", "FT(M3 + (FT(M2) - M2))", "FT(M4 + (FT(M3) - M3))");
  }

  @Test
  void plainTunesEachReleaseFromScratch() {
    assertThat(written(Strategy.PLAIN)).containsExactly("FT(M1)", "FT(M2)", "FT(M3)", "FT(M4)");
  }

  @Test
  void theStrategiesShareWhatIsEqual() {
    Set<Model> all = new LinkedHashSet<>();
    for (Strategy strategy : Strategy.values()) {
      all.addAll(Recipes.of(strategy, releases(100), List.of(1.0)));
    }
    // n plain ones, n - 1 iterative ones, n - 2 more direct ones and n - 1 of the control. Their
    // number alone: written out, a hundred nested models are a book.
    assertThat(all.size()).isEqualTo(100 + 99 + 98 + 99);
  }

  @Test
  void plainCumulativeHasAsManyStepsAsIterativeHasHadByThen() {
    assertThat(written(Strategy.PLAIN_CUMULATIVE))
        .containsExactly("FT(M1)", "FT*2(M2)", "FT*3(M3)", "FT*4(M4)");
    List<Finetuned> iterative = Recipes.of(Strategy.ITERATIVE, FOUR, List.of(1.0));
    List<Finetuned> control = Recipes.of(Strategy.PLAIN_CUMULATIVE, FOUR, List.of(1.0));
    for (int i = 0; i < FOUR.size(); i++) {
      assertThat(control.get(i).times()).isEqualTo(trainings(iterative.get(i)));
    }
  }

  private static int trainings(Model model) {
    return switch (model) {
      case Base _ -> 0;
      case Finetuned finetuned -> finetuned.times() + trainings(finetuned.start());
      case Best best -> trainings(best.difference().finetuned());
      case Merged merged -> trainings(merged.difference().finetuned());
    };
  }

  @Test
  void modelsThatDifferInScaleAreDifferent() {
    assertThat(Recipes.of(Strategy.ITERATIVE, FOUR, List.of(0.5)).getLast())
        .isNotEqualTo(Recipes.of(Strategy.ITERATIVE, FOUR, List.of(1.0)).getLast());
  }

  @Test
  void whereSeveralScalesAreTriedTheNextReleaseGoesOnFromTheBest() {
    Finetuned third = Recipes.of(Strategy.ITERATIVE, FOUR, List.of(0.5, 1.0)).get(2);
    assertThat(written(third))
        .isEqualTo(
            "FT(best of M3 + (FT(best of M2 + (FT(M1) - M1), M2 + (FT(M1) - M1)) - M2),"
                + " M3 + (FT(best of M2 + (FT(M1) - M1), M2 + (FT(M1) - M1)) - M2))");
  }

  private static List<Base> releases(int n) {
    return IntStream.rangeClosed(1, n).mapToObj(i -> new Base("M" + i)).toList();
  }

  private static List<String> written(Strategy strategy) {
    return Recipes.of(strategy, FOUR, List.of(1.0)).stream().map(RecipesTest::written).toList();
  }

  private static String written(Model model) {
    return switch (model) {
      case Base base -> base.release();
      case Finetuned finetuned ->
          (finetuned.times() == 1 ? "FT(" : "FT*" + finetuned.times() + "(")
              + written(finetuned.start())
              + ")";
      case Best best ->
          "best of "
              + best.candidates().stream()
                  .map(RecipesTest::written)
                  .collect(Collectors.joining(", "));
      case Merged merged ->
          "%s + (%s - %s)"
              .formatted(
                  written(merged.target()),
                  written(merged.difference().finetuned()),
                  written(merged.difference().base()));
    };
  }
}
