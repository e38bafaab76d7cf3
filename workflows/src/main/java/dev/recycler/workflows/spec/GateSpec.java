package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Objects;

/**
 * What happens between a merged model's scores and its fine-tuning. Of several gates the first
 * whose condition holds decides.
 *
 * @param when the condition, or null for always
 * @param then what follows where it holds
 */
public record GateSpec(Condition when, Then then) {
  public GateSpec {
    Objects.requireNonNull(then, "then");
  }

  /** What a gate does. */
  public enum Then {
    /** The merged model is good enough: it is taken for the fine-tuned one. */
    @JsonProperty("skip-finetune")
    SKIP_FINETUNE,
    /** A person is waited for. */
    @JsonProperty("approve")
    APPROVE;

    /** The name used in series files. */
    public String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
