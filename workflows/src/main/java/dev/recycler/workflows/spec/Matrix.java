package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Every diff vector added to every other release (paper, Tables 3, 4, 11–13). */
public enum Matrix {
  /** {@code M_i + Δ_j} for all i ≠ j, where {@code Δ_j = FT(M_j) − M_j}. */
  @JsonProperty("transfer")
  TRANSFER("transfer"),
  /** The same, and {@code FT(M_i + Δ_j)} for all i ≠ j. */
  @JsonProperty("transfer-then-finetune")
  TRANSFER_THEN_FINETUNE("transfer-then-finetune");

  private final String key;

  Matrix(String key) {
    this.key = key;
  }

  /** The name used in series files. */
  public String key() {
    return key;
  }
}
