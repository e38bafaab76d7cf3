package dev.recycler.cli.drill;

/**
 * Something that does not hold.
 *
 * @param check which of the oracle's checks found it
 * @param what a sentence
 */
record Violation(String check, String what) {
  String text() {
    return check + ": " + what;
  }
}
