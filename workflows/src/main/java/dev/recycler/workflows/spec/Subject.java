package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an evaluation scores. */
public enum Subject {
  @JsonProperty("base")
  BASE,
  @JsonProperty("merged")
  MERGED,
  @JsonProperty("finetuned")
  FINETUNED,
  @JsonProperty("checkpoints")
  CHECKPOINTS
}
