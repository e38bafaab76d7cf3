package dev.recycler.cli.drill;

/**
 * One fault of a schedule. Its moment is told by the work done, not by a clock, so that a slow
 * machine meets it at the same place.
 *
 * @param kind what happens
 * @param atStep when the trainers of the run have done so many steps together
 * @param delay milliseconds after that
 * @param which chooses the victim among those there are then
 * @param millis how long it lasts, where it does
 * @param point the dangerous place, where it is about one; else empty
 */
record Fault(FaultKind kind, long atStep, int delay, int which, int millis, String point) {
  /** For people. */
  String text() {
    String name = point.isEmpty() ? kind.key() : kind.key() + ":" + point;
    boolean lasts =
        switch (kind) {
          case STOP_WORKER,
              STOP_HOST,
              FULL_DISK,
              READ_ONLY,
              STOP_SUPERVISOR,
              STOP_TRAINER,
              STOP_SERVER,
              STOP_DATABASE,
              CUT_NETWORK,
              SLOW_NETWORK,
              PAUSE,
              PAUSE_AT ->
              true;
          default -> false;
        };
    return name + (lasts ? "(" + millis + "ms)" : "") + "@" + atStep + "+" + delay + "ms";
  }

  /** Whether a training may have to be done again from its last checkpoint for it. */
  boolean endsTrainers() {
    return point.isEmpty() ? kind.ends().trainers() : endsToolAtPoint() || isTakeOver();
  }

  boolean endsHarnesses() {
    return point.isEmpty() ? kind.ends().harnesses() : endsToolAtPoint();
  }

  /** A trainer and its supervisor are ended for it, so that somebody takes over. */
  boolean isTakeOver() {
    return point.equals(FaultKind.TAKE_OVER);
  }

  private boolean endsToolAtPoint() {
    return kind == FaultKind.HALT_AT && point.startsWith("supervisor.");
  }
}
