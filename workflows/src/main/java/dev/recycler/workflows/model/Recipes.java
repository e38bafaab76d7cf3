package dev.recycler.workflows.model;

import dev.recycler.workflows.model.Model.Base;
import dev.recycler.workflows.model.Model.Finetuned;
import dev.recycler.workflows.spec.Strategy;
import java.util.ArrayList;
import java.util.List;

/**
 * Algorithm 1 of the paper, its two baselines and a control, as expressions over the releases
 * {@code M_1 … M_n}. Nothing is computed here: the workflow makes the models that the expressions
 * name.
 */
public final class Recipes {
  private Recipes() {}

  /**
   * The models a strategy ends with, one a release, in the releases' order.
   *
   * @param scales the λ of every merge, or several of which the best is taken each time
   */
  public static List<Finetuned> of(Strategy strategy, List<Base> releases, List<Double> scales) {
    return switch (strategy) {
      case ITERATIVE -> iterative(releases, scales);
      case DIRECT -> direct(releases, scales);
      case PLAIN -> plain(releases);
      case PLAIN_CUMULATIVE -> plainCumulative(releases);
    };
  }

  /**
   * Algorithm 1, iterative recycling-then-finetuning.
   *
   * <pre>
   * M*_1 ← FT(M_1)
   * for i = 2 … n:
   *     Δ^iter_{i−1} ← M*_{i−1} − M_{i−1}
   *     M*_i ← FT(M_i + Δ^iter_{i−1})
   * return M*_1 … M*_n
   * </pre>
   */
  static List<Finetuned> iterative(List<Base> releases, List<Double> scales) {
    List<Finetuned> finetuned = new ArrayList<>();
    finetuned.add(finetune(releases.getFirst()));
    for (int i = 1; i < releases.size(); i++) {
      DiffVector difference = finetuned.get(i - 1).minus(releases.get(i - 1));
      finetuned.add(finetune(releases.get(i).plus(difference, scales)));
    }
    return finetuned;
  }

  /**
   * Direct recycling: the diff vector comes from the plainly fine-tuned release before.
   *
   * <pre>
   * for i = 2 … n:
   *     Δ^dir_{i−1} ← FT(M_{i−1}) − M_{i−1}
   *     result_i ← FT(M_i + Δ^dir_{i−1})
   * </pre>
   */
  static List<Finetuned> direct(List<Base> releases, List<Double> scales) {
    List<Finetuned> finetuned = new ArrayList<>();
    finetuned.add(finetune(releases.getFirst()));
    for (int i = 1; i < releases.size(); i++) {
      DiffVector difference = finetune(releases.get(i - 1)).minus(releases.get(i - 1));
      finetuned.add(finetune(releases.get(i).plus(difference, scales)));
    }
    return finetuned;
  }

  /** {@code FT(M_i)}: every release from scratch. */
  static List<Finetuned> plain(List<Base> releases) {
    return releases.stream().map(Recipes::finetune).toList();
  }

  /**
   * The control that the paper lacks: {@code FT(M_i)} trained i times as long, in one training,
   * which is as many steps as {@code M*_i} of Algorithm 1 has behind it.
   */
  static List<Finetuned> plainCumulative(List<Base> releases) {
    List<Finetuned> finetuned = new ArrayList<>();
    for (Base release : releases) {
      finetuned.add(new Finetuned(release, finetuned.size() + 1));
    }
    return finetuned;
  }

  private static Finetuned finetune(Model start) {
    return new Finetuned(start);
  }
}
