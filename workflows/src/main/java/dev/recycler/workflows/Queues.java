package dev.recycler.workflows;

/** Which task queues a run of a series knows: those that there were when it began. */
enum Queues {
  /** That of the series alone. */
  ONE,
  /** One for each kind of work and label. */
  BY_WORK,
  /** And one aside of each, for what needs no device. */
  WITH_ASIDE;

  /** The version from which a skip lasts until it is taken back by the same name. */
  static final int SKIPS_LAST = 3;

  /** The version that a run is marked with which begins now. */
  static final int NEWEST = SKIPS_LAST;

  /** By the version that a run is marked with. */
  static Queues of(int version) {
    return switch (version) {
      case 1 -> BY_WORK;
      case 2, SKIPS_LAST -> WITH_ASIDE;
      default -> ONE;
    };
  }
}
