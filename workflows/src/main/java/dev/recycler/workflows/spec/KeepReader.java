package dev.recycler.workflows.spec;

import java.util.Optional;

/** Reads how much of a series collecting leaves in the store. */
final class KeepReader {
  private static final int MOST = 100_000;

  private KeepReader() {}

  /** Null where it is not whole. */
  static KeepSpec read(Value value) {
    Section section = Section.of(value, Keys.KEEP).orElse(null);
    if (section == null) {
      return null;
    }
    return section
        .require("merged", "say of how many releases the merged models stay, e.g. \"merged: 2\"")
        .flatMap(KeepReader::releases)
        .map(KeepSpec::new)
        .orElse(null);
  }

  private static Optional<Integer> releases(Value value) {
    return value
        .number()
        .filter(
            number -> {
              boolean good = number >= 0 && number <= MOST && number % 1 == 0;
              if (!good) {
                value.problem("must be a whole number of releases, at least 0");
              }
              return good;
            })
        .map(Double::intValue);
  }
}
