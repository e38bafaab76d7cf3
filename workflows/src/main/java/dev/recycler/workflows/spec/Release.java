package dev.recycler.workflows.spec;

import java.util.Objects;

/**
 * One version of the base model, {@code M_i}.
 *
 * @param name short name, unique in the series, letters, digits, {@code _} and {@code -}
 * @param model where its weights are: an absolute path of a Hugging Face model folder, or a {@link
 *     HubModel}
 */
public record Release(String name, String model) {
  /** What a name looks like, as a regular expression. */
  public static final String NAME = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}";

  public Release {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(model, "model");
  }
}
