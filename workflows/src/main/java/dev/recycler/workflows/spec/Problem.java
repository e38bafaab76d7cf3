package dev.recycler.workflows.spec;

/**
 * Something in a series file that can't be as it is.
 *
 * @param file name of the file, as the user gave it
 * @param line from 1
 * @param column from 1
 * @param key path of the key, e.g. {@code releases[1].model}, or empty for the file as a whole
 * @param message what is wrong and what would be right, without a final full stop
 */
public record Problem(String file, int line, int column, String key, String message) {
  /** E.g. {@code series.yaml:12:5: finetune.trainer: "trll" is not a trainer; did you …}. */
  @Override
  public String toString() {
    return "%s:%d:%d: %s%s%s"
        .formatted(file, line, column, key, key.isEmpty() ? "" : ": ", message);
  }
}
