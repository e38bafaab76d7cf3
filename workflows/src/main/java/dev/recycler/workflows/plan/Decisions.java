package dev.recycler.workflows.plan;

import dev.recycler.workflows.activity.Steps.Score;
import dev.recycler.workflows.spec.GateSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What scores decide. Pure: the same scores decide the same, wherever it is asked. */
public final class Decisions {
  private Decisions() {}

  /** What becomes of a fine-tuning. */
  public enum Gate {
    /** It is done. */
    GO,
    /** The merged model is taken for its result. */
    SKIP_FINETUNE,
    /** A person is waited for. */
    APPROVE
  }

  /**
   * What a gate decided.
   *
   * @param why a few words for a person, with the score
   */
  public record Decided(Gate gate, String why) {}

  /**
   * The candidate that is taken.
   *
   * @param index its place among the candidates
   * @param why a few words for a person
   */
  public record Chosen(int index, String why) {}

  /**
   * What the first gate whose condition holds decides.
   *
   * @param scores the merged model's scores by the names of their evaluations
   */
  public static Decided at(List<GateSpec> gates, Map<String, Score> scores) {
    List<String> looked = new ArrayList<>();
    for (GateSpec gate : gates) {
      if (gate.when() == null) {
        return new Decided(of(gate), "asked of every merged model");
      }
      Score score = scores.get(gate.when().evaluation());
      String is = gate.when().evaluation() + " is " + written(score);
      if (gate.when().holds(score.value(), score.standardError())) {
        return new Decided(of(gate), is + ": " + gate.when());
      }
      looked.add(is + ", not beyond noise " + gate.when());
    }
    return new Decided(Gate.GO, String.join("; ", looked));
  }

  /**
   * Why a training ends at a checkpoint, or nothing.
   *
   * @param scores the checkpoint's scores by the names of their evaluations
   */
  public static Optional<String> enough(List<GateSpec> gates, Map<String, Score> scores) {
    return gates.stream()
        .filter(gate -> gate.ofCheckpoints() && scores.containsKey(gate.when().evaluation()))
        .filter(
            gate -> {
              Score score = scores.get(gate.when().evaluation());
              return gate.when().holds(score.value(), score.standardError());
            })
        .findFirst()
        .map(
            gate ->
                "%s is %s: %s"
                    .formatted(
                        gate.when().evaluation(),
                        written(scores.get(gate.when().evaluation())),
                        gate.when()));
  }

  private static Gate of(GateSpec gate) {
    return switch (gate.then()) {
      case SKIP_FINETUNE -> Gate.SKIP_FINETUNE;
      case APPROVE -> Gate.APPROVE;
      case STOP -> throw new IllegalArgumentException(gate + " looks at no merged model");
    };
  }

  /**
   * The λ with the best score; of those that are not worse than it by more than the noise of the
   * difference, the one nearest to the paper's 1, then the one with the better score.
   *
   * @param scores one a scale, in the same order
   */
  public static Chosen best(List<Double> scales, List<Score> scores) {
    int top = 0;
    for (int i = 1; i < scores.size(); i++) {
      top = scores.get(i).value() > scores.get(top).value() ? i : top;
    }
    int taken = top;
    for (int i = 0; i < scores.size(); i++) {
      double difference = scores.get(top).value() - scores.get(i).value();
      if (difference <= noise(scores.get(top), scores.get(i))
          && Math.abs(scales.get(i) - 1) < Math.abs(scales.get(taken) - 1)) {
        taken = i;
      }
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < scales.size(); i++) {
      all.add(Transfer.written(scales.get(i)) + ": " + written(scores.get(i)));
    }
    return new Chosen(
        taken,
        "λ %s by %s of %s%s"
            .formatted(
                Transfer.written(scales.get(taken)),
                scores.get(taken).evaluation(),
                String.join(", ", all),
                taken == top ? "" : "; the best is not better beyond noise"));
  }

  private static double noise(Score one, Score other) {
    return Math.hypot(error(one), error(other));
  }

  private static double error(Score score) {
    return score.standardError() == null ? 0 : score.standardError();
  }

  private static String written(Score score) {
    return score.standardError() == null
        ? String.format(Locale.ROOT, "%.4g", score.value())
        : String.format(Locale.ROOT, "%.4g ± %.2g", score.value(), score.standardError());
  }
}
