package dev.recycler.activities.preview;

/**
 * Something to know before a series runs.
 *
 * @param error whether the series can't end well as it stands
 * @param step the step it is about, or the release
 * @param sentence what, where, what would be right
 */
public record Finding(boolean error, String step, String sentence) {
  static Finding error(String step, String sentence) {
    return new Finding(true, step, sentence);
  }

  static Finding note(String step, String sentence) {
    return new Finding(false, step, sentence);
  }
}
