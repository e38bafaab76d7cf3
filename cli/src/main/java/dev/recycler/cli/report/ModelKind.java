package dev.recycler.cli.report;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.recycler.workflows.spec.Strategy;
import java.util.List;
import java.util.stream.Stream;

/** The rows of the paper's Table 6, in its order. */
public enum ModelKind {
  /** {@code M_i}. */
  BASE("base", null, false),
  /** {@code M_i + Δ^dir}: transferred, not trained. */
  DIRECT_MERGED("direct-merged", Strategy.DIRECT, false),
  /** {@code FT(M_i + Δ^dir)}. */
  DIRECT("direct", Strategy.DIRECT, true),
  /** {@code M_i + Δ^iter}: transferred, not trained. */
  ITERATIVE_MERGED("iterative-merged", Strategy.ITERATIVE, false),
  /** {@code FT(M_i + Δ^iter)}, the paper's {@code M*_i}. */
  ITERATIVE("iterative", Strategy.ITERATIVE, true),
  /** {@code FT(M_i)}. */
  PLAIN("plain", Strategy.PLAIN, true),
  /** {@code FT(M_i)}, trained as long as Algorithm 1 has by then. */
  PLAIN_CUMULATIVE("plain-cumulative", Strategy.PLAIN_CUMULATIVE, true);

  private final String key;
  private final Strategy strategy;
  private final boolean finetuned;

  ModelKind(String key, Strategy strategy, boolean finetuned) {
    this.key = key;
    this.strategy = strategy;
    this.finetuned = finetuned;
  }

  /** The name in JSON and CSV. */
  @JsonValue
  public String key() {
    return key;
  }

  /** The strategy that yields such models, or null for the base. */
  public Strategy strategy() {
    return strategy;
  }

  /** Whether such a model has been trained on this release. */
  public boolean finetuned() {
    return finetuned;
  }

  /** Whether such a model is the result of a transfer alone. */
  public boolean merged() {
    return strategy != null && !finetuned;
  }

  /** E.g. {@code FT(M5 + Δiter)}; for a whole row the release is {@code M_i}. */
  public String label(String release) {
    return switch (this) {
      case BASE -> release;
      case DIRECT_MERGED -> release + " + Δdir";
      case DIRECT -> "FT(" + release + " + Δdir)";
      case ITERATIVE_MERGED -> release + " + Δiter";
      case ITERATIVE -> "FT(" + release + " + Δiter)";
      case PLAIN -> "FT(" + release + ")";
      case PLAIN_CUMULATIVE -> "FT(" + release + ") ×i";
    };
  }

  /** As a score step of a progress model names it. */
  String subject() {
    return this == BASE ? "base" : finetuned ? "finetuned" : "merged";
  }

  static List<ModelKind> finetunedKinds() {
    return Stream.of(values()).filter(ModelKind::finetuned).toList();
  }
}
