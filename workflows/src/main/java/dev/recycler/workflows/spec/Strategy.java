package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How a release's fine-tuning starts (paper, sections 4 and 5, Table 6). */
public enum Strategy {
  /** {@code FT(M_i)}: every release is fine-tuned from scratch. */
  @JsonProperty("plain")
  PLAIN,
  /** {@code FT(M_i + (FT(M_{i-1}) - M_{i-1}))}: one diff vector, from the release before. */
  @JsonProperty("direct")
  DIRECT,
  /** Algorithm 1: {@code M*_i = FT(M_i + (M*_{i-1} - M_{i-1}))}. */
  @JsonProperty("iterative")
  ITERATIVE,
  /**
   * {@code FT(M_i)} with as many steps as {@link #ITERATIVE} has had by then: i times the recipe's,
   * in one training. What is left between the two is the transfer's, not the compute's.
   */
  @JsonProperty("plain-cumulative")
  PLAIN_CUMULATIVE;

  /** Whether it adds diff vectors. */
  public boolean transfers() {
    return this == DIRECT || this == ITERATIVE;
  }

  /** The name used in series files, step names and reports. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
