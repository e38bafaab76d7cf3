package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What an evaluation scores. */
public enum Subject {
  @JsonProperty("base")
  BASE,
  @JsonProperty("merged")
  MERGED,
  @JsonProperty("finetuned")
  FINETUNED,
  @JsonProperty("checkpoints")
  CHECKPOINTS;

  /** The name used in series files. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
