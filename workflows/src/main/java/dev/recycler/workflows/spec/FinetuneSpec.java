package dev.recycler.workflows.spec;

import java.util.Map;
import java.util.Objects;

/**
 * The one fixed recipe {@code FT} of a series.
 *
 * @param trainer which adapter runs it: {@code trl}
 * @param python the Python executable of the trainer's environment, or null for the locked one
 * @param data absolute path of the training data, whose content is part of every fingerprint
 * @param arguments the trainer's own flags without dashes, in order; a value is the flag's text, or
 *     {@code "true"} / {@code "false"} passed as such
 * @param environment variables added to the trainer's environment
 */
public record FinetuneSpec(
    String trainer,
    String python,
    String data,
    Map<String, String> arguments,
    Map<String, String> environment) {
  public FinetuneSpec {
    Objects.requireNonNull(trainer, "trainer");
    Objects.requireNonNull(data, "data");
    arguments = Ordered.copy(arguments);
    environment = Ordered.copy(environment);
  }
}
