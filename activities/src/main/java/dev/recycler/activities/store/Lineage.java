package dev.recycler.activities.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where an artifact came from; with the digests of its files it is the artifact's {@code
 * recycler.json}.
 *
 * @param parameters what the fingerprint was taken of
 * @param inputs the artifacts and folders it was made from
 * @param commands the commands that were run, each an argument list, one an attempt
 * @param versions versions of the tools that took part
 * @param host where it was made
 * @param started when work on it began, earlier attempts included
 * @param finished when the work ended
 * @param metrics figures worth keeping: steps, seconds, values, attempts
 * @param result what the step returned, for a step that finds it in the store
 */
public record Lineage(
    Map<String, ?> parameters,
    List<Input> inputs,
    List<List<String>> commands,
    Map<String, String> versions,
    String host,
    Instant started,
    Instant finished,
    Map<String, ?> metrics,
    Object result) {
  public Lineage {
    Objects.requireNonNull(parameters, "parameters");
    inputs = List.copyOf(inputs);
    commands = List.copyOf(commands);
    versions = Map.copyOf(versions);
    Objects.requireNonNull(metrics, "metrics");
  }

  /**
   * One input.
   *
   * @param role what it was used as: {@code base}, {@code finetuned}, {@code target}, {@code
   *     start}, {@code model}, {@code data}
   * @param path where it lay
   * @param digest its content digest
   */
  public record Input(String role, String path, String digest) {}
}
