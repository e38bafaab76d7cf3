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
  ITERATIVE;

  /** The name used in series files, step names and reports. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
