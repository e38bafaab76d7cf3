package dev.recycler.cli.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One thing that was looked at.
 *
 * @param name what, in a word or two
 * @param verdict how it is
 * @param found what was found
 * @param remedy what to do, or null where nothing needs to be done
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Finding(String name, Verdict verdict, String found, String remedy) {
  /** How it is. */
  enum Verdict {
    OK,
    /** Works, or will be put right by itself. */
    WARN,
    FAIL
  }

  static Finding ok(String name, String found) {
    return new Finding(name, Verdict.OK, found, null);
  }

  static Finding warn(String name, String found, String remedy) {
    return new Finding(name, Verdict.WARN, found, remedy);
  }

  static Finding fail(String name, String found, String remedy) {
    return new Finding(name, Verdict.FAIL, found, remedy);
  }
}
