package dev.recycler.workflows;

/** Which task queues a run of a series knows: those that there were when it began. */
enum Queues {
  /** That of the series alone. */
  ONE,
  /** One for each kind of work and label. */
  BY_WORK,
  /** And one aside of each, for what needs no device. */
  WITH_ASIDE;

  /** The version that a run is marked with which begins now. */
  static final int NEWEST = 2;

  /** By the version that a run is marked with. */
  static Queues of(int version) {
    return switch (version) {
      case 1 -> BY_WORK;
      case NEWEST -> WITH_ASIDE;
      default -> ONE;
    };
  }
}
