package dev.recycler.workflows.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.spec.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Models are compared as what they are, however many releases they go back over. */
class ChainTest {
  private static final int MANY = 3000;

  @Test
  void aSeriesOfThousandsOfReleasesIsComparedAndHashed() {
    Finetuned one = iterative("M", MANY).getLast();
    Finetuned same = iterative("M", MANY).getLast();
    assertThat(one.equals(same)).isTrue();
    assertThat(one).hasSameHashCodeAs(same);
    assertThat(one.minus(new Base("M1")).equals(same.minus(new Base("M1")))).isTrue();
  }

  @Test
  void whatDiffersAtTheOldestReleaseDiffers() {
    Finetuned one = iterative("M", MANY).getLast();
    List<Base> releases = IntStream.rangeClosed(1, MANY).mapToObj(i -> base("M", i)).toList();
    List<Base> others = new java.util.ArrayList<>(releases);
    others.set(0, new Base("another"));
    Finetuned other = Recipes.of(Strategy.ITERATIVE, others, List.of(1.0)).getLast();
    assertThat(one.equals(other)).isFalse();
  }

  @Test
  void strategiesAndScalesAreToldApart() {
    List<Base> releases = IntStream.rangeClosed(1, 6).mapToObj(i -> base("M", i)).toList();
    Set<Model> all = new HashSet<>();
    Set<Integer> hashes = new HashSet<>();
    for (Strategy strategy : Strategy.values()) {
      for (List<Double> scales : List.of(List.of(1.0), List.of(0.5), List.of(0.5, 1.0))) {
        all.addAll(Recipes.of(strategy, releases, scales));
      }
    }
    all.forEach(model -> hashes.add(model.hashCode()));
    // FT(M_i), the same trained i times as long, and of each scale direct and iterative, which are
    // one at the second release.
    assertThat(all).hasSize(6 + 5 + 3 * (5 + 4));
    assertThat(hashes).hasSameSizeAs(all);
  }

  private static List<Finetuned> iterative(String name, int releases) {
    return Recipes.of(
        Strategy.ITERATIVE,
        IntStream.rangeClosed(1, releases).mapToObj(i -> base(name, i)).toList(),
        List.of(1.0));
  }

  private static Base base(String name, int number) {
    return new Base(name + number);
  }
}
