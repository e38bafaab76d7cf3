package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Objects;

/**
 * What follows from scores: those of a merged model before its fine-tuning, or those of a
 * checkpoint while it is trained. Of several gates after a merged model the first whose condition
 * holds decides; of several after checkpoints any.
 *
 * @param when the condition, or null for always
 * @param then what follows where it holds
 */
public record GateSpec(Condition when, Then then) {
  public GateSpec {
    Objects.requireNonNull(then, "then");
    if (then == Then.STOP && when == null) {
      throw new IllegalArgumentException("a training that always stops");
    }
  }

  /** Whether it looks at checkpoints, and not at merged models. */
  public boolean ofCheckpoints() {
    return then == Then.STOP;
  }

  /** What a gate does. */
  public enum Then {
    /** The merged model is good enough: it is taken for the fine-tuned one. */
    @JsonProperty("skip-finetune")
    SKIP_FINETUNE,
    /** A person is waited for. */
    @JsonProperty("approve")
    APPROVE,
    /** The checkpoint is good enough: training ends, and it is taken for the fine-tuned model. */
    @JsonProperty("stop")
    STOP;

    /** The name used in series files. */
    public String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a series file calls the model whose scores it looks at. */
    public String after() {
      return this == STOP ? "checkpoint" : "merged";
    }
  }
}
